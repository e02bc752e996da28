import { css } from 'lit';

/** The lines of a kernel's trace, and the packets of a capture. */
export const recordedStyles = css`
  .steps {
    margin: 0;
    padding: 0 0 8px;
    list-style: none;
  }
  .table {
    display: block;
    padding: 6px 16px 2px 36px;
    font-weight: 600;
  }
  .row {
    display: grid;
    grid-template-columns: 14px minmax(0, 1fr);
    gap: 0 6px;
    width: 100%;
    padding: 1px 16px 3px 13px;
    border: 0;
    border-left: 3px solid transparent;
    background: none;
    text-align: left;
  }
  button.row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .row > :not(.icon, .stage) {
    grid-column: 2;
  }
  .row > .icon {
    font-size: 14px;
    line-height: 20px;
  }
  .place {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .chain {
    font-family: var(--mono);
    font-size: 0.95em;
  }
  .text {
    min-width: 0;
    color: var(--dim);
    font-family: var(--mono);
    font-size: 0.95em;
    overflow-wrap: anywhere;
  }
  .word {
    white-space: nowrap;
  }
  .parts .row {
    border-left-color: var(--bad);
    background: color-mix(in srgb, var(--bad) 12%, transparent);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
    outline-offset: -1px;
  }
  /* The dimmed colour is too faint on this ground. */
  .parts .dim,
  .parts .text {
    color: inherit;
  }
  .parts .chain,
  .parts .parting {
    font-weight: 600;
  }
  .unlaid .text {
    font-family: var(--vscode-font-family);
  }
  .behind .row {
    border-left-color: var(--bad);
  }
  .stage {
    margin-top: 6px;
    width: 8px;
    height: 8px;
    border: 2px solid var(--stage);
    border-radius: 50%;
  }
  .request-before,
  .request-after {
    --stage: var(--vscode-charts-blue);
  }
  .reply-before,
  .reply-after {
    --stage: var(--good);
  }
  .request-after .stage,
  .reply-after .stage {
    background: var(--stage);
  }
  .time {
    font-variant-numeric: tabular-nums;
  }
  .more {
    margin: 0;
    padding: 0 16px 8px 36px;
  }
  @container (max-width: 640px) {
    .row {
      padding-inline: 9px 12px;
    }
    .table {
      padding-left: 32px;
    }
  }
  @media (forced-colors: active) {
    .parts .row {
      outline: 2px solid Highlight;
    }
  }
`;
