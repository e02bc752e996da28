import type { ExitCode, Terminal } from './run.ts';
import type { Arguments } from './commandLine.ts';
import { folderProblem, writeSnapshot } from './live/writeSnapshot.ts';
import { paint, plain } from './terminal.ts';
import { useNode, type Live } from './useRules.ts';

/** `snapshot --context NAME --node NODE DIR` */
export async function snapshotCommand(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const [folder = ''] = given.operands;
  // Before the cluster is asked: what cannot be written need not be read.
  const problem = await folderProblem(folder, given.switches.has('force'));
  if (problem !== null) {
    terminal.complain(problem);
    return 2;
  }
  return useNode(given, terminal, async (live) => {
    const failure = await writeSnapshot(folder, live.files);
    if (failure !== null) {
      terminal.complain(failure);
      return 2;
    }
    if (given.values.get('format') === 'json') terminal.output.line(JSON.stringify(written(folder, live)));
    else terminal.output.write(writtenText(folder, live, terminal));
    return 0;
  });
}

function written(folder: string, { cluster, node, files, missing }: Live): object {
  return { folder, context: cluster.context, node, files: [...files.keys()], missing };
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
