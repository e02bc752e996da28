/** A drawing as an SVG file of its own, in light and dark. Texts are escaped: nothing of them becomes markup. */
import { lookup } from '../../text/lookup.ts';
import type { Drawing, Look, Part } from './drawing.ts';

export function toSvg({ width, height, parts }: Drawing, title: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    STYLE,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...parts.map(partSvg),
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = `<style>
svg{--ink:#1f2328;--dim:#59636e;--changed:#0550ae;--bad:#c1121f;--back:#1a7f37;--paper:#fff;font:12px system-ui,sans-serif}
@media (prefers-color-scheme:dark){svg{--ink:#e6edf3;--dim:#9198a1;--changed:#79c0ff;--bad:#ff7b72;--back:#56d364;--paper:#0d1117}}
.paper{fill:var(--paper)}text{fill:var(--ink)}.strong{font-weight:600}text.dim{fill:var(--dim)}text.changed{fill:var(--changed)}text.bad{fill:var(--bad)}text.back{fill:var(--back)}
rect.box,polyline{fill:none;stroke:var(--ink)}.box.dim,polyline.dim{stroke:var(--dim);stroke-dasharray:4 3}.box.bad,polyline.bad{stroke:var(--bad)}polyline.back{stroke:var(--back);stroke-dasharray:6 3}
path,circle{fill:var(--ink)}path.dim{fill:var(--dim)}circle.changed{fill:var(--changed)}circle.dim{fill:var(--paper);stroke:var(--dim)}path.bad,.stop{fill:var(--bad)}path.back{fill:var(--back)}
</style>`;

function partSvg(part: Part): string {
  switch (part.kind) {
    case 'box': {
      const { x, y, width, height, look } = part;
      return `<rect class="box ${look}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`;
    }
    case 'line':
      return `<polyline class="${part.look}" points="${part.points}"/>${headSvg(part.look, part.head)}`;
    case 'text': {
      const { x, y, text, full, look } = part;
      const title = text === full ? '' : `<title>${escaped(full)}</title>`;
      return `<text class="${look}" x="${x}" y="${y}">${title}${escaped(text)}</text>`;
    }
    case 'dot':
      return `<circle class="${part.look}" cx="${part.x}" cy="${part.y}" r="${part.radius}"/>`;
    default:
      return `<path class="stop" d="${part.path}"/>`;
  }
}

function headSvg(look: Look, head: string | null): string {
  return head === null ? '' : `<path class="${look}" d="${head}"/>`;
}

const signs: Readonly<Record<string, string>> = lookup({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
});

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (sign) => signs[sign] ?? '').replaceAll(/\p{Cc}/gu, '\uFFFD');
}
