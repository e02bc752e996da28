/** Outlines as path data of SVG. */

export type Point = readonly [number, number];

/** The head at the end of a line; null for a line without length. */
export function arrowPath(points: readonly Point[]): string | null {
  const [before, end] = points.slice(-2);
  if (before === undefined || end === undefined) return null;
  const along = [Math.sign(end[0] - before[0]), Math.sign(end[1] - before[1])] as const;
  const back = [end[0] - along[0] * 8, end[1] - along[1] * 8] as const;
  const side = [along[1] * 4, along[0] * 4] as const;
  return `M${end.join(' ')}L${back[0] + side[0]} ${back[1] + side[1]}L${back[0] - side[0]} ${back[1] - side[1]}Z`;
}

/** An octagon. */
export function stopPath(x: number, y: number): string {
  const [long, short] = [9, 4];
  const corners = [
    [-short, -long],
    [short, -long],
    [long, -short],
    [long, short],
    [short, long],
    [-short, long],
    [-long, short],
    [-long, -short],
  ] as const;
  return `M${corners.map(([dx, dy]) => `${x + dx} ${y + dy}`).join('L')}Z`;
}
