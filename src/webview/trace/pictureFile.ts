/** The picture as PNG: drawn part by part on a canvas, so that the page loads no image and its policy stays as strict as it is. */
import type { Drawing, Look, Part } from '../../kubeproxy/picture/drawing.ts';

/** As the picture that is copied as SVG: on white, for a ticket or a page. */
const ink: Readonly<Record<Look, string>> = {
  plain: '#1f2328',
  strong: '#1f2328',
  dim: '#59636e',
  changed: '#0550ae',
  bad: '#c1121f',
  back: '#1a7f37',
};
const PAPER = '#ffffff';
const FONT = '12px system-ui, sans-serif';

/** So many pixels of the file for one of the picture; fewer for one that a canvas could not hold. */
const SCALE = 2;
const MOST_PIXELS = 16_000;

/** The file's bytes. Rejects where the browser cannot draw it. */
export async function toPng({ width, height, parts }: Drawing): Promise<Blob> {
  const scale = Math.min(SCALE, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This window cannot draw pictures.');
  context.scale(scale, scale);
  context.fillStyle = PAPER;
  context.fillRect(0, 0, width, height);
  for (const part of parts) draw(part, context);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('This window cannot write PNG.'));
      else resolve(blob);
    }, 'image/png');
  });
}

/** As text that a message may carry. */
export async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function draw(part: Part, context: CanvasRenderingContext2D): void {
  switch (part.kind) {
    case 'box': {
      context.setLineDash(part.look === 'dim' ? [4, 3] : []);
      context.strokeStyle = ink[part.look];
      context.beginPath();
      context.roundRect(part.x, part.y, part.width, part.height, 4);
      context.stroke();
      break;
    }
    case 'line':
      drawLine(part, context);
      break;
    case 'text':
      context.font = part.look === 'strong' ? `600 ${FONT}` : FONT;
      context.fillStyle = ink[part.look];
      context.fillText(part.text, part.x, part.y);
      break;
    case 'dot':
      context.fillStyle = ink[part.look];
      context.beginPath();
      context.arc(part.x, part.y, 5, 0, 2 * Math.PI);
      context.fill();
      break;
    case 'stop':
      fillPath(part.path, 'bad', context);
  }
}

/** `points` are as SVG has them: `10,20 30,20`. */
function drawLine(
  { points, head, look }: Extract<Part, { readonly kind: 'line' }>,
  context: CanvasRenderingContext2D,
): void {
  context.setLineDash(look === 'dim' ? [4, 3] : look === 'back' ? [6, 3] : []);
  context.strokeStyle = ink[look];
  context.stroke(pathOf(`M ${points.replaceAll(' ', ' L ')}`));
  if (head === null) return;
  fillPath(head, look, context);
}

function fillPath(data: string, look: Look, context: CanvasRenderingContext2D): void {
  context.fillStyle = ink[look];
  context.fill(pathOf(data));
}

function pathOf(data: string): Path2D {
  return new Path2D(data);
}
