/** The virtual servers of IPVS on a node: one source, of both families, in one text. */
import type { Family } from '../kernel/flow.ts';
import type { SnapshotFiles } from '../kernel/snapshot.ts';
import type { IpvsRules } from '../rules/ipvs/nodes.ts';
import { parseIpvs } from '../rules/ipvs/parser.ts';
import type { ContentKind } from './facts/contentKind.ts';
import { contentsOf } from './facts/contents.ts';
import { isIpvsPaste, readIpvsPaste } from './ipvsPaste.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { Sources } from './sources.ts';

/** The file of a snapshot that they are in. */
export const IPVS_FILE = 'ipvsadm-save.txt';

/** A text of ipvsadm’s, read. */
export interface IpvsText {
  readonly rules: IpvsRules;
  readonly lines: LineIndex;
}

export interface IpvsSource extends IpvsText {
  /** Those that a virtual server is of, 4 before 6. */
  readonly families: readonly Family[];
}

const known = new WeakMap<SnapshotFiles, IpvsText | null>();

/** Whether a text of any name is ipvsadm’s. */
export function isIpvsText(text: string): boolean {
  return isIpvsPaste(text);
}

/** Reads a text of ipvsadm's, with what a paste has around it. */
export function readIpvs(text: string): IpvsRules {
  return { ...parseIpvs(withoutFacts(readIpvsPaste(text))), text };
}

/** What is not read as facts. */
const RULES: ReadonlySet<ContentKind> = new Set(['ipvs', 'rules', 'nft']);

/** Blanks in place of what other programs printed, which is read as facts (facts/factsInRules.ts). */
function withoutFacts(text: string): string {
  const others = contentsOf(text).parts.filter(({ kind }) => !RULES.has(kind));
  return others.reduceRight(
    (left, { span: { start, end } }) =>
      left.slice(0, start) + left.slice(start, end).replaceAll(/[^\n]/g, ' ') + left.slice(end),
    text,
  );
}

/** Null where the node's files list no virtual server. */
export function ipvsOfFiles(files: SnapshotFiles): IpvsSource | null {
  const text = ipvsTextOf(files);
  if (text === null || text.rules.services.length === 0) return null;
  const { rules } = text;
  const has = (family: Family): boolean =>
    rules.services.some(({ virtual }) =>
      virtual.kind === 'mark' ? virtual.family === family : virtual.address.family === family,
    );
  const families: readonly Family[] = [4, 6];
  return { ...text, families: families.filter(has) };
}

/** Whether virtual servers of a family are all that is known of a node: no rules of iptables or nftables were given. */
export function isIpvsAlone(
  { sources, ipvs }: { readonly sources: Pick<Sources, 'families'>; readonly ipvs: IpvsSource | null },
  family: Family,
): boolean {
  return ipvs?.families.includes(family) === true && sources.families.length === 0;
}

/** Also of a text in which no virtual server could be read; null where there is none. */
export function ipvsTextOf(files: SnapshotFiles): IpvsText | null {
  let read = known.get(files);
  if (read === undefined) {
    const text = files.get(IPVS_FILE) ?? '';
    read = text.trim() === '' ? null : { rules: readIpvs(text), lines: new LineIndex(text) };
    known.set(files, read);
  }
  return read;
}

/** Of files whose text of ipvsadm has been read already. */
export function keepIpvsText(files: SnapshotFiles, text: IpvsText): void {
  known.set(files, text);
}
