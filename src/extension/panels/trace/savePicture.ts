/** Save Picture: the way of a packet as a file, PNG or SVG by the name that the user gives it. */
import * as vscode from 'vscode';
import { bytesOfBase64 } from '../../base64.ts';
import { documentName } from '../../documents/rulesDocument.ts';

/** Both forms of it; `png` in base64, as the page sends it. */
interface Picture {
  readonly svg: string;
  readonly png: string;
}

/** Asks where to. Nothing is written where the user takes it back. */
export async function savePicture(rules: vscode.Uri, { svg, png }: Picture): Promise<void> {
  const name = `${documentName(rules).replaceAll(/[^\w.-]+/g, '-')}.png`;
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const file = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Picture'),
    filters: { PNG: ['png'], SVG: ['svg'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
  });
  if (file === undefined) return;
  const bytes = file.path.endsWith('.svg') ? new TextEncoder().encode(svg) : bytesOfBase64(png);
  await vscode.workspace.fs.writeFile(file, bytes);
}
