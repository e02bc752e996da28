import { css } from 'lit';

/** A word at the end of a line that leads somewhere. */
export const linkStyles = css`
  .link {
    margin-left: 8px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-textLink-foreground);
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
`;
