import { css } from 'lit';

export const diagnoseStyles = css`
  .service {
    font-weight: 600;
  }
  .words p {
    max-width: 100ch;
    margin: 6px 0 0;
    overflow-wrap: anywhere;
  }
  .steps {
    margin: 0;
    padding: 6px 16px 24px;
    list-style: none;
  }
  .step {
    display: grid;
    grid-template-columns: 20px 92px minmax(0, 1fr);
    gap: 0 10px;
    padding-block: 7px;
  }
  .step > .icon {
    margin-top: 3px;
  }
  .step h2 {
    position: static;
    display: block;
    padding: 0;
    background: none;
    font-size: 1em;
    font-weight: 600;
    letter-spacing: 0;
    text-transform: none;
  }
  .said {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .said p {
    max-width: 100ch;
    margin: 0;
  }
  @container (max-width: 640px) {
    .steps {
      padding-inline: 12px;
    }
    .step {
      grid-template-columns: 20px minmax(0, 1fr);
    }
    .said {
      grid-column: 2;
    }
  }
`;
