import { css } from 'lit';

/** What every component of the panel starts from. Colours come from the theme only. */
export const baseStyles = css`
  :host {
    display: block;
    min-width: 0;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
    line-height: 1.45;
    --mono: var(--vscode-editor-font-family, monospace);
    /* As VS Code's lists dim a description; some themes give it the colour of the text itself. */
    --dim: var(--undimmed, color-mix(in srgb, var(--vscode-foreground) 76%, var(--vscode-editor-background)));
    --line: var(--vscode-contrastBorder, var(--vscode-panel-border, transparent));
    --good: var(--vscode-charts-green);
    --bad: var(--vscode-charts-red);
    --doubt: var(--vscode-charts-yellow);
    /* What is scrolled to stops below a pane's heading, which stays at its top. */
    --heading: 2.6em;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    cursor: pointer;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .icon {
    font: normal 16px/1 codicon;
    display: inline-block;
    flex: none;
    text-align: center;
    user-select: none;
    -webkit-font-smoothing: antialiased;
  }
  .mono {
    font-family: var(--mono);
    font-size: 0.95em;
  }
  .dim {
    color: var(--dim);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 4px;
    min-height: 26px;
    padding: 2px 12px;
    border: 1px solid var(--vscode-button-border, transparent);
    border-radius: 2px;
    background: var(--vscode-button-background, transparent);
    color: var(--vscode-button-foreground);
    white-space: nowrap;
  }
  .button:hover {
    background: var(--vscode-button-hoverBackground);
  }
  .button:focus-visible {
    outline-offset: 2px;
  }
  .button.secondary {
    background: var(--vscode-button-secondaryBackground, transparent);
    color: var(--vscode-button-secondaryForeground);
  }
  .button.secondary:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 4px;
    min-width: 26px;
    height: 26px;
    padding: 0 5px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: var(--vscode-icon-foreground);
    white-space: nowrap;
  }
  .tool:hover:enabled {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .tool:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .tool:disabled {
    color: var(--vscode-disabledForeground);
    cursor: default;
  }
  .verdict-forward,
  .verdict-local,
  .verdict-accept {
    color: var(--good);
  }
  .verdict-drop,
  .verdict-reject {
    color: var(--bad);
  }
  .verdict-unknown,
  .verdict-mixed,
  .verdict-unanswered {
    color: var(--doubt);
  }
  @media (forced-colors: active) {
    .button,
    .tool {
      border-color: ButtonBorder;
    }
  }
`;

/** A text field or a list of the form, with its label, its note and its error. */
export const fieldStyles = css`
  .label {
    display: block;
    margin-bottom: 3px;
    color: var(--vscode-foreground);
    font-size: 0.92em;
  }
  .box {
    width: 100%;
    height: 26px;
    padding: 2px 6px;
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 2px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
  }
  select.box {
    background: var(--vscode-dropdown-background);
    border-color: var(--vscode-dropdown-border);
    color: var(--vscode-dropdown-foreground);
  }
  .box::placeholder {
    color: var(--vscode-input-placeholderForeground);
    font-family: var(--vscode-font-family);
    opacity: 1;
  }
  .box:focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .box[aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder);
    outline-color: var(--vscode-inputValidation-errorBorder);
  }
  .error {
    display: flex;
    gap: 4px;
    margin-top: 4px;
    overflow-wrap: anywhere;
    font-size: 0.92em;
  }
  .error .icon {
    color: var(--bad);
    font-size: 14px;
    line-height: 1.3;
  }
`;
