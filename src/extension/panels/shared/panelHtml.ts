/** The page of a panel. Everything it shows comes as JSON messages: no text of a dump is ever part of the HTML. */
import * as vscode from 'vscode';

/** What of a panel stands in its page; our own constants, as nothing here is escaped. */
interface PageWords {
  readonly name: string;
  readonly pageTitle: string;
}

/** Scripts run by their nonce only; nothing is fetched but the extension's own files. */
export function panelHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  { name, pageTitle }: PageWords,
): string {
  const nonce = makeNonce();
  const file = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', ...path)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${pageTitle}</title>
  <link rel="stylesheet" href="${file('codicon.css')}" id="vscode-codicon-stylesheet" nonce="${nonce}">
</head>
<body>
  <${name}-panel></${name}-panel>
  <script type="module" nonce="${nonce}" src="${file('webview', `${name}.js`)}"></script>
</body>
</html>`;
}

function makeNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
