/** The start of every panel's page: the extension puts the panel's element into it and loads the panel's `main.ts`. */
import { css } from 'lit';

/** The icons' font, as scripts/build.mjs writes it here: base64. Fetched, it would keep the page from its first message. */
declare const ICON_FONT: string;

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
  const font = Uint8Array.from(atob(ICON_FONT), (character) => character.charCodeAt(0));
  document.fonts.add(new FontFace('codicon', font));
  if (bodyStyles.styleSheet !== undefined) document.adoptedStyleSheets.push(bodyStyles.styleSheet);
  for (const [name, element] of Object.entries(elements)) customElements.define(name, element);
}
