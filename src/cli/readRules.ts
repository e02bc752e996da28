/** RULES on the command line: a rules file, a snapshot folder, or `-` for standard input. */
import { promises } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import { openAnalysis, type Analysis } from '../kubeproxy/analysis.ts';
import type { NodeMode } from '../kubeproxy/mode/mode.ts';
import { nodeKeptWords } from '../kubeproxy/mode/words.ts';
import { nftFileOf, type NftSource, nftTextOf } from '../kubeproxy/nftSource.ts';
import { families } from '../kubeproxy/rulesets.ts';
import {
  followedSources,
  isRulesFile,
  mainFiles,
  mainSources,
  rulesFileNamed,
  rulesFileNames,
  rulesText,
  type RulesText,
  type Source,
  Sources,
} from '../kubeproxy/sources.ts';
import type { Family } from '../kernel/flow.ts';
import type { SourceId } from '../kernel/ruleAt.ts';
import { snapshotFileNames, type SnapshotFileName, type SnapshotFiles } from '../kernel/snapshot.ts';
import { IPVS_FILE, isIpvsText } from '../kubeproxy/ipvsSource.ts';
import { applyDiff } from '../text/applyDiff.ts';
import { decodeRules } from '../text/decode.ts';
import { type Facts, factsBeside, factsWithin, factsWithinIpvs, NO_FACTS, readFacts } from './facts.ts';
import { readBeside, readGiven, readStream, Unfit } from './readFile.ts';
import { plain } from './terminal.ts';
import { cannotBeRead, noRulesIn, notRules, noTables } from './unreadable.ts';

/** The rules of one source, and where they came from, as the user would write it. */
export interface RulesFile {
  readonly source: SourceId;
  readonly family: Family;
  readonly path: string;
  /** The tables of this source. */
  readonly ruleset: Ruleset;
  /** All of the file, which may hold both families. */
  readonly whole: Ruleset;
  /** Why iptables-restore refuses the bytes of the file, whatever they say; null where it does not. */
  readonly refused: string | null;
}

/** The native tables, and where they came from. */
export interface NftFile {
  readonly path: string;
  readonly source: NftSource;
}

export interface Rules {
  /** What RULES names of iptables: both families of a folder, else what the file itself holds. */
  readonly named: readonly RulesFile[];
  /** What RULES names of nftables; null where that is nothing. */
  readonly nft: NftFile | null;
  /** The file of its virtual servers; null where nothing lists them, or they were not asked about. */
  readonly ipvs: string | null;
  readonly analysis: Analysis;
  /** Files that lie beside the rules but cannot be read, each with the reason. */
  readonly warnings: readonly string[];
  /** Where they lie; null for standard input and for a live node. */
  readonly folder: string | null;
}

export type RulesReading =
  | { readonly kind: 'rules'; readonly rules: Rules }
  /** What is so, why, and what to do. */
  | { readonly kind: 'unreadable'; readonly message: string };

interface Text {
  readonly path: string;
  readonly text: string;
  /** Its bytes, where each is a character. */
  readonly ascii: Uint8Array | null;
  /** What is odd about its bytes, in a sentence. */
  readonly problem: string | null;
  /** Whether iptables-restore refuses the file for it. */
  readonly refused: boolean;
}

interface Siblings {
  readonly folder: string | null;
  readonly files: ReadonlyMap<SnapshotFileName, Text>;
  readonly warnings: readonly string[];
}

/** Reads what RULES names, as it is after `patches`, and the files that `facts` names. Bad input is an answer, never an exception. */
export async function readRules(
  operand: string,
  facts: readonly string[] = [],
  patches: readonly string[] = [],
): Promise<RulesReading> {
  try {
    const named = await readFacts(facts);
    if (operand === '-') return ofFile(await patched(await standardInput(), patches), NO_SIBLINGS, named);
    if ((await promises.stat(operand)).isDirectory()) {
      if (patches.length > 0)
        throw new Unfit(`"${plain(operand)}" is a folder: --patch needs the file that the diff is of.`);
      return await ofFolder(operand, named);
    }
    const folder = dirname(operand);
    const name = basename(operand);
    if (isNodeFile(name) && nftFileOf(name, '') === null) return await ofFolder(folder, named);
    const given = await patched(decoded(operand, await readGiven(operand)), patches);
    return ofFile(given, await readSiblings(folder, name), named);
  } catch (error) {
    return { kind: 'unreadable', message: await cannotBeRead(operand, error) };
  }
}

/** The text after the diffs in these files. Throws, as for a file that cannot be read, where one does not fit. */
async function patched(given: Text, patches: readonly string[]): Promise<Text> {
  let { text, problem } = given;
  for (const path of patches) {
    const result = applyDiff(text, decoded(path, await readGiven(path)).text);
    if (result.kind === 'refused')
      throw new Unfit(`"${plain(path)}" cannot be applied to "${plain(given.path)}": ${result.why}.`);
    if (result.kind === 'patched') text = result.text;
    else problem = `It is already as "${plain(path)}" leaves it, which is left out.`;
  }
  return { ...given, text, ascii: text === given.text ? given.ascii : null, problem };
}

const NO_SIBLINGS: Siblings = { folder: null, files: new Map(), warnings: [] };

/** Of a file that both have, the facts count. */
function withFacts(siblings: Siblings, { files, notices }: Facts): Siblings {
  const texts = [...files].map(
    ([name, { path, text }]) => [name, { path, text, ascii: null, problem: null, refused: false }] as const,
  );
  return {
    ...siblings,
    files: new Map([...siblings.files, ...texts]),
    warnings: [...siblings.warnings, ...notices],
  };
}

/** `ip-addr.json`, `objects.json` …: a snapshot's file that holds no rules of iptables. */
function isNodeFile(name: string): boolean {
  return snapshotFileNames.some((each) => each === name) && !isRulesFile(name);
}

async function standardInput(): Promise<Text> {
  return decoded('standard input', await readStream(process.stdin, 'standard input'));
}

function decoded(path: string, bytes: Uint8Array): Text {
  const { text, ascii, problem, encoding } = decodeRules(bytes);
  return { path, text, ascii, problem, refused: /^utf-(16|8-bom)/.test(encoding) };
}

/** The snapshot's files in `folder`, and the other family's rules by the name of the file that was given. */
async function readSiblings(folder: string, given: string | null): Promise<Siblings> {
  const files = new Map<SnapshotFileName, Text>();
  const warnings: string[] = [];
  const present = new Set(await promises.readdir(folder));
  const other = given === null || isRulesFile(given) ? null : otherFamilyOf(given);
  for (const name of snapshotFileNames) {
    const twin = other !== null && name === mainFiles[other.family] && present.has(other.name);
    const path = join(folder, twin ? other.name : name);
    if (!twin && !present.has(name)) continue;
    try {
      files.set(name, decoded(path, await readBeside(path)));
    } catch (error) {
      warnings.push(await cannotBeRead(path, error));
    }
  }
  const isSnapshot = given === null || isRulesFile(given);
  const beside = isSnapshot ? await factsBeside(folder, new Set(files.keys())) : NO_FACTS;
  const found = withFacts({ folder, files: new Map(), warnings }, beside);
  return { ...found, files: new Map([...found.files, ...files]) };
}

/** `node-1.iptables-save` → `node-1.ip6tables-save`; `rules.v6` → `rules.v4`; null for a name that tells no family. */
function otherFamilyOf(name: string): { readonly family: Family; readonly name: string } | null {
  if (name.includes('ip6tables')) return { family: 4, name: name.replace('ip6tables', 'iptables') };
  if (name.includes('iptables')) return { family: 6, name: name.replace('iptables', 'ip6tables') };
  if (name.endsWith('.v6')) return { family: 4, name: `${name.slice(0, -1)}4` };
  if (name.endsWith('.v4')) return { family: 6, name: `${name.slice(0, -1)}6` };
  return null;
}

async function ofFolder(folder: string, named: Facts): Promise<RulesReading> {
  return ofSnapshot(
    withFacts(await readSiblings(folder, null), named),
    (mode) => noRulesIn(folder, nodeKeptWords(mode)),
    false,
  );
}

/** What to say where there are no rules to read. `mode`: what else the node's files show of kube-proxy. */
type Nothing = (mode: NodeMode) => Promise<string>;

/** As a snapshot folder, from texts: file name → text. `pathOf` gives the name to show for a file. No rules is nothing. */
export async function rulesOfTexts(
  texts: ReadonlyMap<string, string>,
  pathOf: (name: SnapshotFileName) => string,
  nothing: Nothing,
  facts: readonly string[] = [],
): Promise<RulesReading> {
  const files = new Map<SnapshotFileName, Text>();
  for (const name of snapshotFileNames) {
    const text = texts.get(name);
    if (text !== undefined)
      files.set(name, { path: pathOf(name), text, ascii: null, problem: null, refused: false });
  }
  const siblings = withFacts({ ...NO_SIBLINGS, files }, await readFacts(facts));
  return ofSnapshot(siblings, nothing, true);
}

/** `nothing`: what to say where there are no rules; `always`: also where a file was to hold them and is empty. */
async function ofSnapshot(siblings: Siblings, nothing: Nothing, always: boolean): Promise<RulesReading> {
  const texts = textsOf(siblings);
  const sources = new Sources([...texts.keys()], null, nftTextOf(filesOf(siblings)));
  const named = followedSources(sources).flatMap((source) => rulesFile(source, texts));
  const filled = named.filter(({ ruleset }) => ruleset.format !== 'empty');
  if (filled.length === 0 && sources.nft === null) {
    const mode = modeWithoutRules(siblings);
    const isNone = named.length === 0 || always || families.some((family) => mode[family].elsewhere !== null);
    if (isNone) return { kind: 'unreadable', message: await nothing(mode) };
  }
  const odd = [...siblings.files.values()].flatMap((text) =>
    named.some(({ path }) => path === text.path) ? oddness(text) : [],
  );
  const warnings = [...odd, ...siblings.warnings];
  const rules = filled.length === 0 && sources.nft === null ? named : filled;
  return assemble(rules, nftFile(sources, siblings), sources, { ...siblings, warnings });
}

function modeWithoutRules(siblings: Siblings): NodeMode {
  return openAnalysis({ sources: new Sources([]), files: filesOf(siblings) }).mode;
}

function filesOf({ files }: Siblings): SnapshotFiles {
  return new Map([...files].map(([name, { text }]) => [name, text]));
}

function nftFile({ nft }: Sources, { files }: Siblings): NftFile | null {
  const file = nft === null ? undefined : files.get(nft.text.file);
  return nft === null || file === undefined ? null : { path: file.path, source: nft };
}

/** What is odd about a file's bytes, in a sentence that names it. */
function oddness({ path, problem }: Text): readonly string[] {
  return problem === null ? [] : [`"${path}": ${problem}`];
}

/** One file with its siblings: the other family's rules beside it serve traces, but they were not asked about. */
function ofFile(given: Text, beside: Siblings, named: Facts): RulesReading {
  const native = nftFileOf(basename(given.path), given.text);
  if (native !== null) return ofNft(given, native, withFacts(beside, named));
  if (isIpvsText(given.text))
    return ofIpvs(given, withFacts(withFacts(beside, factsWithinIpvs(given)), named));
  const opened = rulesText(rulesFileNamed(basename(given.path)), given.text, given.ascii);
  const siblings = withFacts(withFacts(beside, factsWithin(opened.ruleset, given)), named);
  const texts = new Map([[opened, given], ...textsOf(siblings, basename(given.path))]);
  const sources = new Sources([...texts.keys()], opened);
  const rules = sources.of(opened).flatMap((source) => rulesFile(source, texts));
  const warnings = [...oddness(given), ...siblings.warnings];
  return assemble(rules, null, sources, { ...siblings, warnings });
}

/** A text of native tables; the rules of iptables beside it serve traces, but they were not asked about. */
function ofNft(given: Text, file: SnapshotFileName, beside: Siblings): RulesReading {
  const files = new Map([...beside.files].filter(([name]) => nftFileOf(name, '') === null));
  const siblings = { ...beside, files: new Map([...files, [file, given]]) };
  const sources = new Sources([...textsOf(siblings).keys()], null, nftTextOf(filesOf(siblings)));
  if (sources.nft === null) return { kind: 'unreadable', message: noTables(given.path, given.text) };
  const warnings = [...oddness(given), ...siblings.warnings];
  return assemble([], nftFile(sources, siblings), sources, { ...siblings, warnings });
}

/** A listing of ipvsadm; the rules beside it serve traces, but they were not asked about. */
function ofIpvs(given: Text, beside: Siblings): RulesReading {
  const siblings = { ...beside, files: new Map([...beside.files, [IPVS_FILE, given] as const]) };
  const sources = new Sources([...textsOf(siblings).keys()], null, nftTextOf(filesOf(siblings)));
  return assemble([], null, sources, { ...siblings, warnings: [...oddness(given), ...siblings.warnings] });
}

/** The texts of rules among the files, but for the one that is called `given`. Each is read only if something needs it. */
function textsOf({ files }: Siblings, given: string | null = null): ReadonlyMap<RulesText, Text> {
  const texts = new Map<RulesText, Text>();
  for (const name of rulesFileNames) {
    const text = files.get(name);
    if (text && name !== given) texts.set(rulesText(name, text.text, text.ascii), text);
  }
  return texts;
}

function rulesFile(source: Source, texts: ReadonlyMap<RulesText, Text>): RulesFile[] {
  const text = texts.get(source.text);
  if (!text) return [];
  const { path, problem, refused } = text;
  const { id, ruleset } = source;
  return source.families.map((family) => ({
    source: id,
    family,
    path,
    ruleset,
    whole: source.text.ruleset,
    refused: refused ? problem : null,
  }));
}

function assemble(
  named: readonly RulesFile[],
  nft: NftFile | null,
  sources: Sources,
  siblings: Siblings,
): RulesReading {
  for (const each of named) {
    const message = notRules(each.path, each.ruleset);
    if (message !== null) return { kind: 'unreadable', message };
  }
  const files = new Map(filesOf(siblings));
  for (const { family, source, ruleset } of named) {
    if (source === mainSources[family]) files.set(mainFiles[family], ruleset.text);
  }
  const { folder, warnings } = siblings;
  const analysis = openAnalysis({ sources, files });
  const ipvs = siblings.files.get(IPVS_FILE)?.path ?? null;
  return {
    kind: 'rules',
    rules: { named, nft, ipvs, analysis, warnings, folder },
  };
}
