import { css } from 'lit';

export const wayTableStyles = css`
  :host {
    container-type: inline-size;
    margin-block: 6px 4px;
  }
  .table {
    display: grid;
    grid-template-columns: fit-content(42ch) repeat(var(--columns), minmax(80px, max-content));
    justify-content: start;
    overflow-wrap: anywhere;
  }
  .row {
    display: contents;
  }
  .head {
    padding: 2px 10px 3px 8px;
    color: var(--dim);
    white-space: nowrap;
  }
  .head:first-child,
  .name {
    padding-left: 0;
  }
  .name,
  .cell {
    display: flex;
    align-items: center;
    min-width: 0;
    min-height: 30px;
    border-top: 1px solid var(--line);
  }
  .name {
    padding-right: 16px;
    font-family: var(--mono);
    font-size: 0.95em;
  }
  .nobody {
    gap: 4px;
    padding-left: 12px;
  }
  button {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 4px;
    min-height: 26px;
    padding: 0 10px 0 8px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    text-align: left;
    white-space: nowrap;
  }
  button:hover {
    background: var(--vscode-list-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .from {
    display: none;
  }
  @container (max-width: 640px) {
    .table {
      display: block;
    }
    .heads {
      display: none;
    }
    .row:not(.heads) {
      display: grid;
      grid-template-columns: repeat(var(--columns), minmax(0, 96px));
      padding-block: 4px;
      border-top: 1px solid var(--line);
    }
    .name {
      grid-column: 1 / -1;
      padding: 0;
    }
    .name,
    .cell {
      min-height: 24px;
      border-top: 0;
    }
    .cell {
      align-items: flex-start;
    }
    button,
    .nobody {
      flex-wrap: wrap;
      align-content: flex-start;
      gap: 0 2px;
      padding: 2px;
    }
    .nobody {
      border: 1px solid transparent;
    }
    .from {
      display: block;
      flex: 1 0 100%;
      color: var(--dim);
      font-size: 0.9em;
    }
  }
  @container (max-width: 330px) {
    .row:not(.heads) {
      grid-template-columns: repeat(auto-fill, minmax(64px, 1fr));
    }
  }
`;
