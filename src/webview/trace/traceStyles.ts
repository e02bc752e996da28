import { css } from 'lit';

/** What the trace panel has on its page beside what every panel has. */
export const traceStyles = css`
  answer-summary {
    padding: 12px 16px;
  }
  way-picture {
    border-top: 1px solid var(--line);
    border-bottom: 1px solid var(--line);
  }
  .panes.beside {
    grid-template-columns: minmax(220px, 24%) minmax(0, 1fr) minmax(0, 1fr);
  }
  .panes.one.beside {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }
  @container (max-width: 1000px) {
    .panes.beside:not(.one) {
      grid-template-rows: minmax(0, 1fr) minmax(0, 1fr);
      grid-template-columns: minmax(220px, 32%) minmax(0, 1fr);
      height: auto;
    }
    .panes.beside:not(.one) .recorded {
      grid-column: 1 / 3;
      border-top: 1px solid var(--line);
      border-left: 0;
    }
  }
  .starts {
    display: grid;
    gap: 2px;
    width: 100%;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .starts button {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
    width: 100%;
    padding: 5px 10px;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
    border-radius: 4px;
    background: none;
    text-align: left;
    overflow-wrap: anywhere;
  }
  .starts button:hover {
    background: var(--vscode-list-hoverBackground);
  }
  @container (max-width: 640px) {
    answer-summary {
      padding-inline: 12px;
    }
    unmatched-search {
      --edge: 12px;
    }
    .outcomes {
      max-height: 45vh;
      overflow: auto;
    }
  }
`;
