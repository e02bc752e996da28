/** The page of a panel. Everything it shows comes as JSON messages: no text of a dump is ever part of the HTML. */
import * as vscode from 'vscode';

/** What of a panel stands in its page; our own constants, as nothing here is escaped. */
interface PageWords {
  readonly name: string;
  readonly pageTitle: string;
}

/**
 * Scripts run by their nonce only, and nothing is fetched. The panel's script stands in the page: VS Code takes longer to
 * fetch it than it takes to run.
 */
export async function panelHtml(extensionUri: vscode.Uri, { name, pageTitle }: PageWords): Promise<string> {
  const nonce = makeNonce();
  const script = await vscode.workspace.fs.readFile(
    vscode.Uri.joinPath(extensionUri, 'dist', 'webview', `${name}.js`),
  );
  const policy = [`default-src 'none'`, `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`].join(
    '; ',
  );
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${pageTitle}</title>
</head>
<body>
  <${name}-panel></${name}-panel>
  <script type="module" nonce="${nonce}">${new TextDecoder().decode(script)}</script>
</body>
</html>`;
}

function makeNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
