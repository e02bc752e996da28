/**
 * The one table of what can be found. The Problems view, badges, `check` in all of its formats and docs/problems.md come
 * from it. A new code begins here; its producer stands in `language/rules/` (layer `syntax`), `rules/`, `cluster/`, `packet/`.
 */
import { clusterKinds } from './clusterKinds.ts';
import type { FindingKind, Layer } from './kind.ts';
import { nftKinds } from './nftKinds.ts';
import { packetKinds } from './packetKinds.ts';
import { rulesKinds } from './rulesKinds.ts';
import { syntaxKinds } from './syntaxKinds.ts';

export type IptablesCode = keyof typeof syntaxKinds;
type NftCode = keyof typeof nftKinds;
export type SyntaxCode = IptablesCode | NftCode;
export type RulesCode = keyof typeof rulesKinds;
export type ClusterCode = keyof typeof clusterKinds;
export type PacketCode = keyof typeof packetKinds;

/** Stable names: people write them into filters, and documents link to them. */
export type FindingCode = SyntaxCode | RulesCode | ClusterCode | PacketCode;

export const findingTable: Readonly<Record<FindingCode, FindingKind>> = {
  ...syntaxKinds,
  ...nftKinds,
  ...rulesKinds,
  ...clusterKinds,
  ...packetKinds,
};

/** Every code, in the order of the table. */
export const findingCodes: readonly FindingCode[] = Object.keys(findingTable).filter(isFindingCode);

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(findingTable, code);
}

/** The codes of a layer, in the order of the table. */
export function codesOf(layer: Layer): readonly FindingCode[] {
  return findingCodes.filter((code) => findingTable[code].layer === layer);
}

/** What it means and what to do: a paragraph of Markdown. */
export function docOf(code: FindingCode): string {
  const { meaning, cure } = findingTable[code];
  return `${meaning} ${cure}`;
}

/** The page on the web that tells of every code. */
const PAGE = 'https://github.com/kube-proxy-explorer/kube-proxy-explorer/blob/main/docs/problems.md';

/** Where a code is told of. */
export function pageOf(code: FindingCode): string {
  return `${PAGE}#${code}`;
}
