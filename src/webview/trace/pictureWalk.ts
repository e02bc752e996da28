/** How a keyboard walks a picture: along its targets' rows and columns. */
import type { Target } from '../../kubeproxy/picture/drawing.ts';

/** Names a target within its picture. */
export function keyOf(target: Target | undefined): string {
  return target === undefined ? '' : `${target.row}-${target.column}`;
}

/** Left and right along the way, up and down between ways; null for another key, and at an edge. */
export function beside(at: Target, targets: readonly Target[], key: string): Target | null {
  const isUpright = targets.every(({ column }) => column === 0);
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[key];
  if (key === 'Home') return targets[0] ?? null;
  if (key === 'End') return targets.at(-1) ?? null;
  if (step === undefined) return null;
  if (!isUpright && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const along = targets.filter(({ column }) => column === at.column + step);
    return nearest(along, ({ row }) => (row > at.row && step < 0 ? Infinity : Math.abs(row - at.row)));
  }
  const further = targets.filter(({ row }) => (row - at.row) * step > 0);
  return nearest(further, ({ row, column }) => Math.abs(row - at.row) * 100 + Math.abs(column - at.column));
}

function nearest(targets: readonly Target[], far: (target: Target) => number): Target | null {
  let found: Target | null = null;
  for (const target of targets) {
    if (far(target) < (found === null ? Infinity : far(found))) found = target;
  }
  return found;
}
