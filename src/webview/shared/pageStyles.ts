import { css } from 'lit';

/** A panel's page: a form on top, the answer under it, with banners, and panes that scroll by themselves where there is room. */
export const pageStyles = css`
  :host {
    container-type: inline-size;
    height: 100vh;
    overflow: auto;
    background: var(--vscode-editor-background);
  }
  .page {
    display: flex;
    flex-direction: column;
    min-height: 100%;
  }
  .form {
    padding: 10px 16px 4px;
    border-bottom: 1px solid var(--line);
  }
  .progress {
    position: relative;
    height: 2px;
    margin-top: -2px;
    overflow: hidden;
  }
  .progress.on::after {
    content: '';
    position: absolute;
    inset: 0 auto 0 0;
    width: 12%;
    background: var(--vscode-progressBar-background);
    animation: slide 1.6s linear infinite;
  }
  @keyframes slide {
    from {
      transform: translateX(-100%);
    }
    to {
      transform: translateX(850%);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .progress.on::after {
      width: 100%;
      animation: none;
    }
  }
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
    text-wrap: pretty;
  }
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 5px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--vscode-textBlockQuote-background);
    overflow-wrap: anywhere;
  }
  .banner > span:not(.icon) {
    flex: 1 1 220px;
    min-width: 0;
  }
  .banner .warn {
    color: var(--doubt);
  }
  .answer {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  /* Dimmed as a whole and still readable: what is dim already gets no dimmer. */
  .page .stale {
    opacity: 0.8;
    --dim: var(--vscode-foreground);
    --undimmed: var(--vscode-foreground);
  }
  .panes {
    flex: 1 1 320px;
    display: grid;
    grid-template-columns: minmax(250px, 32%) minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
    min-height: 240px;
    height: 0;
  }
  .panes.one {
    grid-template-columns: minmax(0, 1fr);
  }
  .pane {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    overflow: auto;
  }
  .pane + .pane {
    border-left: 1px solid var(--line);
  }
  h2 {
    position: sticky;
    z-index: 1;
    top: 0;
    flex: none;
    display: flex;
    align-items: baseline;
    gap: 8px;
    margin: 0;
    padding: 6px 16px 5px;
    background: var(--vscode-editor-background);
    font-size: 0.85em;
    font-weight: 600;
    letter-spacing: 0.03em;
    text-transform: uppercase;
  }
  h2 .count {
    color: var(--dim);
    font-weight: 400;
  }
  .message {
    display: grid;
    justify-items: start;
    gap: 8px;
    max-width: 640px;
    margin: 0 auto;
    padding: 12vh 16px 24px;
    overflow-wrap: anywhere;
  }
  .message h1 {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    font-size: 1.4em;
    font-weight: 600;
  }
  .message p {
    margin: 0;
    white-space: pre-line;
  }
  @container (max-width: 640px) {
    .summary {
      padding: 12px;
    }
    .form {
      padding: 8px 12px 2px;
    }
    .banner {
      padding-inline: 12px;
    }
    .panes {
      display: block;
      flex: none;
      height: auto;
    }
    .pane {
      overflow: visible;
    }
    .pane + .pane {
      border-top: 1px solid var(--line);
      border-left: 0;
    }
    h2 {
      padding-inline: 12px;
    }
  }
`;
