import { defineCommand, refuse, type ExitCode, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { snapshotSpec } from './commands.ts';
import { type Facts, readFacts } from './facts.ts';
import { choiceOf, liveNodeGiven, TEXT_OR_JSON, type LiveNodeGiven } from './given.ts';
import { folderProblem, writeSnapshot } from './live/writeSnapshot.ts';
import { paint, plain } from './terminal.ts';
import { useNode, type Live } from './useRules.ts';
import { jsonText } from '../text/json.ts';

interface SnapshotGiven {
  readonly node: LiveNodeGiven;
  readonly folder: string;
  readonly force: boolean;
  readonly format: 'text' | 'json';
}

/** `snapshot --context NAME --node NODE DIR` */
export const snapshotCommand = defineCommand({ spec: snapshotSpec, read: readWords, run: snapshot });

function readWords(words: Words): SnapshotGiven {
  return {
    node: liveNodeGiven(words),
    folder: words.operands[0] ?? '',
    force: words.switches.has('force'),
    format: choiceOf(words, 'format', TEXT_OR_JSON),
  };
}

async function snapshot(
  { node, folder, force, format }: SnapshotGiven,
  terminal: Terminal,
): Promise<ExitCode> {
  // Before the cluster is asked: what cannot be written need not be read.
  const problem = await folderProblem(folder, force);
  if (problem !== null) return refuse(terminal, problem);
  const facts = await readFacts(node.facts);
  facts.notices.forEach((notice) => terminal.complain(notice));
  return useNode(node, terminal, async (collected) => {
    const live = withFacts(collected, facts);
    const failure = await writeSnapshot(folder, live.files);
    if (failure !== null) return refuse(terminal, failure);
    if (format === 'json') terminal.output.line(jsonText(written(folder, live)));
    else terminal.output.write(writtenText(folder, live, terminal));
    return 0;
  });
}

/** What was named counts before what the node said. */
function withFacts(live: Live, { files }: Facts): Live {
  const texts = [...files].map(([name, { text }]) => [name, text] as const);
  return {
    ...live,
    files: new Map([...live.files, ...texts]),
    missing: live.missing.filter(({ file }) => ![...files.keys()].some((name) => name === file)),
  };
}

function written(folder: string, { cluster, node, files, missing }: Live): object {
  const why = missing.map(({ file, reason }) => ({ file, reason }));
  return { folder, context: cluster.context, node, files: [...files.keys()], missing: why };
}

function writtenText(folder: string, { node, files, missing }: Live, { style }: Terminal): string {
  const rules = [...files.values()].length;
  const lines = [
    `${paint(style, 'green', '✓')} ${plain(node)} is saved in ${plain(folder)}: ${rules} files.`,
    ...[...files].map(([name, text]) => `  ${plain(name)}  ${size(text)}`),
  ];
  if (missing.length > 0) lines.push('', 'Not had, or not whole:');
  for (const { file, reason } of missing) lines.push(`  ${plain(file)}  ${plain(reason)}`);
  return `${lines.join('\n')}\n`;
}

function size(text: string): string {
  const lines = text.split('\n').length - 1;
  return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}`;
}
