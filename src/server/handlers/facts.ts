import type { Connection } from 'vscode-languageserver';
import { contentsOf } from '../../kubeproxy/facts/contents.ts';
import { fileWords } from '../../kubeproxy/facts/whatItIs.ts';
import type { FactUse, Unused } from '../../kubeproxy/facts/nodeFacts.ts';
import { type Remedies, unusedWords } from '../../kubeproxy/facts/unusedWords.ts';
import { isRulesFile } from '../../kubeproxy/sources.ts';
import { fileNameOf } from '../../language/rulesDocument.ts';
import type { SnapshotFileName } from '../../kernel/snapshot.ts';
import { type NodeFact, nodeFactsRequest, type TextUse, textUseRequest } from '../../protocol/facts.ts';
import { answer } from '../answer.ts';
import { readPastedParams, readUri } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';

/** Says which facts of a node stand, and what a text is good for. */
export function handleFacts(connection: Connection, workspace: Workspace): void {
  answer(connection, nodeFactsRequest, readUri, async ({ uri }) => {
    const subject = await workspace.subject(uri);
    return subject === null ? [] : nodeFactsOf(subject);
  });
  answer(connection, textUseRequest, readPastedParams, ({ text }) => Promise.resolve(useOf(text)));
}

/** All that is known of the node beside its rules of iptables, the user's own first. */
export function nodeFactsOf(subject: Subject): readonly NodeFact[] {
  const { siblings, facts } = subject;
  const given = facts.given.uses.map((use) => factOf(subject, 'given', use));
  const unread = facts.texts.unread.map(({ uri, name, reason }): NodeFact => ({
    uri,
    name,
    how: 'given',
    taken: '',
    covered: false,
    problem: reason,
  }));
  const own = subject.own.uses.map((use) => factOf(subject, 'own', use));
  const named = [...siblings].filter(([name]) => !isRulesFile(name));
  const beside = facts.beside.uses.map((use) => factOf(subject, 'beside', use));
  return [
    ...given,
    ...unread,
    ...own,
    ...named.map(([name, { uri }]) => siblingOf(subject, name, uri)),
    ...beside,
  ];
}

function siblingOf(subject: Subject, name: SnapshotFileName, uri: string): NodeFact {
  const covered = subject.facts.given.files.has(name) || subject.own.files.has(name);
  const problem = covered ? COVERED : problemsOf(subject, [name]);
  return { uri, name, how: 'named', taken: covered ? '' : fileWords(name), covered, problem };
}

const COVERED = 'is not used: what you added, or the text of the rules, holds the same.';

function factOf(subject: Subject, how: 'given' | 'own' | 'beside', { id, taken, unused }: FactUse): NodeFact {
  const { files } = how === 'own' ? subject.own : subject.facts[how];
  const own = [...files].filter(([, { ids }]) => ids.includes(id)).map(([name]) => name);
  const covered = own.length > 0 && own.every((name) => isCovered(subject, how, name));
  const name = nameOf(subject, id);
  if (covered) return { uri: id, name, how, taken: '', covered, problem: COVERED_BESIDE };
  const problem = unused === null ? problemsOf(subject, own) : unusedOf(subject, id, unused);
  return { uri: id, name, how, taken, covered, problem };
}

const COVERED_BESIDE =
  'is not used: what you added, the text of the rules, or what has the snapshot’s own name, holds the same.';

function unusedOf(subject: Subject, id: string, unused: Unused): string {
  if (unused.kind !== 'doubled') return unusedWords(unused, REMEDIES);
  const others = unused.ids.filter((each) => each !== id).map((each) => nameOf(subject, each));
  return `holds the same as ${others.join(' and ')}: which of them is of this node is not known, and none is used. Add the right one.`;
}

function nameOf({ document, facts: { texts } }: Subject, uri: string): string {
  if (uri === document.uri) return fileNameOf(uri);
  return [...texts.given, ...texts.beside].find((each) => each.uri === uri)?.name ?? uri;
}

/** Whether what was told by its content gives way to another text. */
function isCovered({ siblings, facts, own }: Subject, how: NodeFact['how'], name: SnapshotFileName): boolean {
  if (how === 'given') return false;
  if (facts.given.files.has(name)) return true;
  return how === 'beside' && (siblings.has(name) || own.files.has(name));
}

/** What could not be read in these files, in a sentence. */
function problemsOf(
  { analysis: { node, objectProblems } }: Subject,
  names: readonly SnapshotFileName[],
): string | null {
  const found = names.flatMap((name) =>
    name === 'objects.json'
      ? objectProblems
      : node.problems.flatMap((each) => (each.startsWith(`${name}: `) ? [each.slice(name.length + 2)] : [])),
  );
  return found.length === 0 ? null : `is not read wholly: ${found.join('; ')}.`;
}

const REMEDIES: Remedies = {
  rules: 'open it to see its rules.',
  packets: '"Lay Capture beside the Trace" shows it.',
  'kernel-trace': '"Lay Kernel Trace over the Rules" shows it.',
};

/** Rules before all else: a dump with a few facts is a dump. */
function useOf(text: string): TextUse {
  const kinds = new Set(contentsOf(text).parts.map(({ kind }) => kind));
  if (kinds.has('rules')) return 'rules';
  if (kinds.has('kernel-trace')) return 'kernel-trace';
  if (kinds.has('packets')) return 'packets';
  return kinds.size === 0 ? 'nothing' : 'facts';
}
