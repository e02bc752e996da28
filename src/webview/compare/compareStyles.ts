import { css } from 'lit';

export const compareStyles = css`
  .name {
    font-weight: 600;
  }
  .name i {
    font-weight: 400;
  }
  .notes {
    padding: 12px 16px 24px;
  }
  .notes p {
    max-width: 100ch;
    margin: 0;
  }
  @container (max-width: 640px) {
    .notes {
      padding-inline: 12px;
    }
  }
`;
