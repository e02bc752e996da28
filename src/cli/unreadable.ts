/** What to say where there are no rules to read: what is so, why, and what to do. */
import { promises } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import { nearest } from '../text/nearest.ts';
import { contentsOf } from '../kubeproxy/facts/contents.ts';
import { whatIsIn } from '../kubeproxy/facts/whatItIs.ts';
import { REMEDIES } from './remedies.ts';
import { Unfit } from './readFile.ts';
import { plain } from './terminal.ts';

const howToDump = 'Save the rules with "sudo iptables-save > iptables-save.txt" and name that file.';

/** For an error of reading `path`. */
export async function cannotBeRead(path: string, error: unknown): Promise<string> {
  if (error instanceof Unfit) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const name = plain(path);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const meant = nearest(basename(path), await namesIn(dirname(path)));
    return `There is no file or folder "${name}". ${meant ? `Did you mean "${plain(join(dirname(path), meant))}"?` : howToDump}`;
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return `"${name}" may not be read: permission denied. Copy it to where you may read it, or run this as its owner.`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `"${name}" cannot be read: ${plain(reason)}`;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return promises.readdir(folder).catch(() => []);
}

/**
 * For a folder that has neither `iptables-save.txt` nor `ip6tables-save.txt`, or nothing in them. `kept`: where else its
 * files show that Services are, in clauses.
 */
export async function noRulesIn(folder: string, kept: readonly string[]): Promise<string> {
  const names = await namesIn(folder);
  const name = plain(folder).replace(/(?<=.)\/+$/, '');
  const candidates = names
    .filter((each) => /^(?!.*\.gz$).*(ip6?tables|rules\.v[46]$)/.test(each) && kept.length === 0)
    .map(plain);
  const packed = names.find((each) => /ip6?tables.*\.gz$/.test(each));
  const start = `"${name}" is not a snapshot folder: it has neither iptables-save.txt nor ip6tables-save.txt with rules in it.`;
  if (candidates.length > 0) return `${start} Name the file itself, such as "${candidates[0]}".`;
  if (packed !== undefined) return `${start} Unpack its ${plain(packed)}: ${gunzip(join(folder, packed))}.`;
  if (kept.length > 0) return `${start} Its other files show more: ${kept.map(plain).join('; ')}.`;
  return `${start} Put the rules there: "sudo iptables-save > ${name}/iptables-save.txt".`;
}

/** What unpacks a file and keeps it. */
function gunzip(path: string): string {
  return `"gunzip -k ${plain(path)}"`;
}

/** Why a text that was read is not a ruleset; null where it is one. */
export function notRules(path: string, ruleset: Ruleset): string | null {
  const name = path === 'standard input' ? 'Standard input' : `"${plain(path)}"`;
  if (ruleset.format === 'empty') {
    const isScript = ruleset.paste?.noise.some(({ kind }) => kind === 'conditionalCommands') === true;
    return isScript
      ? `${name} has commands of iptables only in loops, conditions or functions, which are not run here. ${howToDump}`
      : `${name} is empty. ${howToDump}`;
  }
  if (ruleset.format !== 'foreign') return null;
  const other = otherThanRules(name, ruleset.text);
  if (other !== null) return other;
  const what = ruleset.lineProblems.find((each) => each.code === 'not-rules')?.detail ?? 'something else';
  const remedy = /gzip/.test(what) && path.endsWith('.gz') ? `Unpack it: ${gunzip(path)}.` : howToDump;
  return `${name} does not hold iptables rules: it is ${plain(what)}. ${remedy}`;
}

/** For a text that is of nftables by its name or its first words, and has no table. */
export function noTables(path: string, text: string): string {
  const name = path === 'standard input' ? 'Standard input' : `"${plain(path)}"`;
  const what = text.trim() === '' ? 'is empty' : 'has no table of nftables';
  return `${name} ${what}. Save them with "sudo nft list ruleset > nft.txt" and name that file.`;
}

/** What a file that is named in place of rules can be used for; null where that is nothing. */
function otherThanRules(name: string, text: string): string | null {
  const contents = contentsOf(text.slice(0, MOST_LOOKED_AT));
  const [first] = contents.parts;
  if (first === undefined || first.kind === 'rules') return null;
  const remedy = REMEDIES[first.kind] ?? 'name the rules, and this file behind --facts.';
  return `${name} holds ${whatIsIn(contents)}, no rules of iptables: ${remedy}`;
}

/** Characters: what a file is shows at its beginning. */
const MOST_LOOKED_AT = 100_000;
