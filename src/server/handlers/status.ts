import type { Connection } from 'vscode-languageserver';
import { unreadOf } from '../../kubeproxy/unread.ts';
import { isRulesFile } from '../../kubeproxy/sources.ts';
import { begun, nodeKeptWords } from '../../kubeproxy/mode/words.ts';
import { Excerpt } from '../../language/excerpt.ts';
import { fileNameOf } from '../../language/rulesDocument.ts';
import { outlinedChains } from '../../language/symbols.ts';
import { type DocumentStatus, statusRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { nodeFactsOf } from './facts.ts';
import { readUri } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';
import { partOf } from '../../rules/iptables/parts/part.ts';
import { append } from '../../text/lists.ts';

/** VS Code stops to colour, fold and lens beyond these (its `largeFileOptimizations`). */
const LARGE_CHARACTERS = 20 * 1024 * 1024;
const LARGE_LINES = 300_000;

/** What is known of a document as a whole, for the status item; null for one that is not open. */
export function handleStatus(connection: Connection, workspace: Workspace): void {
  answer(connection, statusRequest, readUri, async ({ uri }) => {
    const subject = await workspace.subject(uri);
    return subject === null ? null : statusOf(subject);
  });
}

function statusOf(subject: Subject): DocumentStatus {
  const { document, analysis, siblings } = subject;
  const { format, tables } = document.ruleset;
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  return {
    uri: document.uri,
    format,
    summary: format === 'foreign' ? 'not iptables rules' : analysis.dump.summary,
    rules: chains.reduce((sum, chain) => sum + chain.rules.length, 0),
    chains: chains.length,
    files: [
      ...[...siblings.keys()].filter(isRulesFile),
      ...nodeFactsOf(subject).flatMap(({ name, taken }) => (taken === '' ? [] : [name])),
    ],
    limits: limitsOf({ document, analysis }),
  };
}

function limitsOf({ document, analysis }: Pick<Subject, 'document' | 'analysis'>): string[] {
  const limits: string[] = [];
  const { whole } = document instanceof Excerpt ? document : { whole: document };
  if (whole !== document) {
    limits.push(
      `The editor shows one chain of ${fileNameOf(whole.uri)} at a time: its outline and its search are of that chain. The Rules view, problems and traces are of the whole file.`,
    );
  } else if (document.text.length > LARGE_CHARACTERS || document.lines.lineCount > LARGE_LINES) {
    limits.push(
      'VS Code turns colours, folding, lenses, word highlights and sticky scroll off in a document this large; hovers, problems, the Rules view and traces work. "Open Rules File…" shows one chain at a time, with all of them.',
    );
  }
  const hidden = document.ruleset.tables.reduce(
    (sum, table) => sum + table.chains.size - outlinedChains(table).length,
    0,
  );
  if (hidden > 0 && whole === document) {
    limits.push(
      `The outline leaves out ${hidden.toLocaleString('en')} chains, those of endpoints first; the tree has them.`,
    );
  }
  if (partOf(document.ruleset) !== null) {
    limits.push('The rules are a part of a dump: what is not in it is not known, and traces say so.');
  } else if (document.ruleset.format === 'commands') {
    limits.push('This is "iptables -S" output: it may show one table only, so a trace may miss the others.');
  }
  const names = document.ruleset.tables.map((table) => `${table.family ?? ''} ${table.name}`);
  if (new Set(names).size < names.length) {
    limits.push('The document holds several dumps: traces and the tree use the last section of each table.');
  }
  append(
    limits,
    nodeKeptWords(analysis.mode).map((words) => `${begun(words)}.`),
  );
  return [...limits, ...unreadOf(analysis)];
}
