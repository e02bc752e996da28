/** Copy as: texts by the extension, a picture by the page itself, which alone can put one on the clipboard. */
import type { TraceAnswer } from '../../protocol/requests.ts';
import type { TracePanelRequests } from '../../protocol/tracePanel.ts';
import type { CopyFormat } from '../shared/copyMenu.ts';
import { base64Of, toPng } from './pictureFile.ts';

type Answered = Pick<Extract<TraceAnswer, { readonly kind: 'answer' }>, 'copies' | 'picture'>;

/** Asks the extension. */
type Ask = <Name extends 'copy' | 'savePicture'>(
  name: Name,
  params: TracePanelRequests[Name]['params'],
) => Promise<TracePanelRequests[Name]['result']>;

/** Resolves to whether it is in the clipboard: a picture that the clipboard does not take is offered as a file. */
export async function copyAnswer(
  { copies, picture }: Answered,
  format: CopyFormat,
  ask: Ask,
): Promise<boolean> {
  if (format !== 'png' && format !== 'picture') {
    await ask('copy', { text: copies[format] });
    return true;
  }
  const blob = await toPng(picture.across);
  if (format === 'png' && (await isTaken(blob))) return true;
  await ask('savePicture', { svg: copies.svg, png: await base64Of(blob) });
  return false;
}

/** A window without focus, or a browser that forbids it, has a clipboard of texts alone. */
async function isTaken(png: Blob): Promise<boolean> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    return true;
  } catch {
    return false;
  }
}
