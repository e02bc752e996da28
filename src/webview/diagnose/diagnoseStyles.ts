import { css } from 'lit';

export const diagnoseStyles = css`
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 2px 8px;
    padding-block: 6px;
  }
  .what {
    display: flex;
    flex: 1 1 200px;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .service {
    font-weight: 600;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .summary {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 0 10px;
    padding: 14px 16px 16px;
    border-bottom: 1px solid var(--line);
  }
  .summary .icon {
    margin-top: 2px;
    font-size: 20px;
  }
  .summary h1 {
    max-width: 100ch;
    margin: 0;
    font-size: 1.23em;
    font-weight: 600;
    line-height: 1.4;
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
    .summary {
      padding: 12px;
    }
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
