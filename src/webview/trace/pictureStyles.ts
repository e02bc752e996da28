import { css } from 'lit';

/** The picture's colours, each with a word or a form beside it that says the same. */
export const pictureStyles = css`
  summary {
    padding: 3px 16px;
    color: var(--dim);
    cursor: pointer;
  }
  summary:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .scroll {
    padding: 0 12px 8px;
    overflow-x: auto;
  }
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    font-size: 12px;
  }
  text {
    fill: var(--vscode-foreground);
  }
  text.dim {
    fill: var(--dim);
  }
  text.strong {
    font-weight: 600;
  }
  .changed {
    --look: var(--vscode-charts-blue, var(--vscode-foreground));
  }
  text.changed {
    fill: var(--vscode-textLink-foreground, var(--vscode-foreground));
  }
  .bad {
    --look: var(--bad);
  }
  .back {
    --look: var(--good);
  }
  text.bad,
  text.back {
    fill: var(--vscode-foreground);
  }
  .box,
  polyline {
    fill: none;
    stroke: var(--look, var(--vscode-foreground));
  }
  .box.dim,
  polyline.dim {
    stroke: var(--dim);
    stroke-dasharray: 4 3;
  }
  polyline.back {
    stroke-dasharray: 6 3;
  }
  circle,
  path {
    fill: var(--look, var(--vscode-foreground));
  }
  circle.dim {
    fill: var(--vscode-editor-background);
    stroke: var(--dim);
  }
  path.stop {
    fill: var(--bad);
  }
  .target {
    cursor: pointer;
    outline: none;
  }
  .target rect {
    fill: transparent;
  }
  .target:hover rect {
    stroke: var(--dim);
  }
  .target.current rect {
    fill: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
    stroke: var(--vscode-contrastActiveBorder, transparent);
  }
  .target.end.current rect {
    fill: transparent;
    stroke: var(--vscode-foreground);
    stroke-width: 2;
  }
  .target:focus-visible rect,
  .target.end.current:focus-visible rect {
    stroke: var(--vscode-focusBorder);
    stroke-width: 3;
  }
`;
