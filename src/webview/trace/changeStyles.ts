import { css } from 'lit';

/** `was → is`, wherever a change is shown. */
export const changeStyles = css`
  .change {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0 6px;
    font-family: var(--mono);
    font-size: 0.95em;
  }
  .was {
    color: var(--dim);
    text-decoration: line-through;
  }
  .is {
    font-weight: 600;
  }
`;
