import type { Analysis } from '../../kubeproxy/analysis.ts';

/** Options whose value is a mark. */
export const MARK_OPTIONS: ReadonlySet<string> = new Set([
  '--mark',
  '--set-xmark',
  '--set-mark',
  '--or-mark',
  '--xor-mark',
  '--tproxy-mark',
]);

/** The bits that are 1 in `value` within `mask`, from 0. Both as iptables writes them: `0x4000`, `16384`. */
export function setBits(value: string, mask: string): readonly number[] {
  return bitsOf((numberOf(value) & numberOf(mask)) >>> 0);
}

/** The bits of `mask` that are 0 in `value`. */
export function clearedBits(value: string, mask: string): readonly number[] {
  return bitsOf((~numberOf(value) & numberOf(mask)) >>> 0);
}

function numberOf(text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? value : 0;
}

function bitsOf(value: number): readonly number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((value >>> bit) & 1) === 1);
}

/** The kubelet's KUBE-MARK-DROP (`--iptables-drop-bit`, 15 unless set). */
const DROP_BIT = 15;

/** `masquerade mark (bit 14)`, `mark bit 3` */
export function markName(bit: number, { iptables, rulesets }: Analysis): string {
  if (iptables.masqueradeMark >>> 0 === (1 << bit) >>> 0) return `masquerade mark (bit ${bit})`;
  const hasDropMark = [rulesets[4], rulesets[6]].some((ruleset) =>
    ruleset?.tables.some((table) => table.chains.has('KUBE-MARK-DROP')),
  );
  return bit === DROP_BIT && hasDropMark ? `drop mark (bit ${bit})` : `mark bit ${bit}`;
}
