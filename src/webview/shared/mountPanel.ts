/** The start of every panel's page: the extension puts the panel's element into it and loads the panel's `main.ts`. */
import { css } from 'lit';

/** VS Code gives a webview's body a padding; the panel uses the whole page. */
const bodyStyles = css`
  body {
    margin: 0;
    padding: 0;
    overflow: hidden;
  }
`;

/** `elements`: every custom element of the panel by its name, the panel's own (`trace-panel`) among them. */
export function mountPanel(elements: Readonly<Record<string, CustomElementConstructor>>): void {
  if (bodyStyles.styleSheet !== undefined) document.adoptedStyleSheets.push(bodyStyles.styleSheet);
  for (const [name, element] of Object.entries(elements)) customElements.define(name, element);
}
