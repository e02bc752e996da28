import { css } from 'lit';
import { changeStyles } from './changeStyles.ts';

/** The rows of the path tree. `--level` is the row's depth, from 1. */
export const pathStyles = css`
  .tree {
    padding: 2px 0 8px;
  }
  .tree:focus-visible {
    outline: none;
  }
  .row {
    --indent: 14px;
    --start: 12px;
    position: relative;
    display: flex;
    align-items: flex-start;
    gap: 0 6px;
    min-height: 22px;
    padding: 1px 10px 1px calc(var(--start) + (var(--level) - 1) * var(--indent));
    cursor: pointer;
    scroll-margin-top: var(--heading);
  }
  /* One guide for each level above, as VS Code's own trees have them. */
  .row::before {
    content: '';
    position: absolute;
    inset: 0 auto 0 calc(var(--start) + 7px);
    width: calc((var(--level) - 1) * var(--indent));
    background: repeating-linear-gradient(
      to right,
      var(--vscode-tree-inactiveIndentGuidesStroke) 0 1px,
      transparent 1px var(--indent)
    );
    pointer-events: none;
  }
  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .row[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .tree:focus .row.current {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  .tree:focus .row[aria-selected='true'] {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground, inherit);
  }
  .row[aria-selected='true'] :is(.dim, .was, .number) {
    color: inherit;
  }
  .twistie {
    flex: none;
    width: 16px;
    height: 20px;
    line-height: 20px;
  }
  .number {
    flex: none;
    min-width: 1.6em;
    color: var(--dim);
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .body {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 10px;
    min-width: 0;
  }
  .body > * {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .word {
    white-space: nowrap;
  }
  .hook > .body > .what {
    font-weight: 600;
  }
  .rule > .body > .what,
  .considered .text {
    font-family: var(--mono);
    font-size: 0.95em;
  }
  .chance {
    padding: 0 6px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 9px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    font-size: 0.85em;
    line-height: 16px;
    white-space: nowrap;
  }
  ${changeStyles}
  .change .name {
    font-family: var(--vscode-font-family);
    color: var(--dim);
  }
  .verdict {
    flex: none;
    height: 20px;
  }
  .verdict .icon {
    font-size: 14px;
    line-height: 20px;
  }
  .considered .body {
    flex-direction: column;
    align-items: stretch;
    padding-bottom: 3px;
  }
  .failing {
    background: none;
    color: inherit;
    font-weight: 600;
    text-decoration: underline wavy var(--bad);
    text-underline-offset: 3px;
    text-decoration-skip-ink: none;
  }
  .go {
    flex: none;
    width: 22px;
    min-width: 0;
    height: 20px;
    padding: 0;
    opacity: 0;
  }
  .row:hover .go,
  .row.current .go {
    opacity: 1;
  }
  .link {
    color: var(--vscode-textLink-foreground);
  }
  @container (max-width: 640px) {
    .row {
      --indent: 9px;
      --start: 8px;
    }
    .number {
      min-width: 0;
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected='true'] {
      outline: 1px solid Highlight;
    }
    .tree:focus .row.current {
      outline-width: 3px;
      outline-offset: -3px;
    }
  }
`;
