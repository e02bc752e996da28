/** `diff --watch`: what changes on a live node, as it happens. */
import { setTimeout } from 'node:timers/promises';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { compareNodes } from '../kubeproxy/compare/compareNodes.ts';
import { type Told, tellComparison } from '../kubeproxy/compare/told.ts';
import { plural } from '../kubeproxy/narrative/words.ts';
import { finish } from '../values/steps.ts';
import { refuse, type ExitCode, type Terminal } from './command.ts';
import { changeText, wayText } from './diffText.ts';
import type { OtherNode } from './otherNodes.ts';
import type { Rules } from './readRules.ts';
import { paint, plain, type Style } from './terminal.ts';
import type { Live } from './useRules.ts';

interface Watch {
  /** The node as it is then. */
  readonly again: OtherNode;
  readonly live: Live | null;
  readonly seconds: number;
}

/** Ends where nobody reads any more; an interruption is told by the next question to the cluster, which rejects. */
export async function watchNode(
  { analysis }: Rules,
  { again, live, seconds }: Watch,
  terminal: Terminal,
): Promise<ExitCode> {
  if (live === null) return refuse(terminal, '--watch is for a live node.');
  const { output, style } = terminal;
  output.line(`${clock()} ${plain(live.node)}: ${plural(analysis.catalog.services.length, 'Service')}`);
  await output.flush();
  let state: Analysis = analysis;
  while (!output.closed) {
    await setTimeout(seconds * 1000, undefined, { signal: live.signal }).catch(() => undefined);
    const now = await again(live.node);
    // What could not be read has been told.
    if (now === null) continue;
    for (const line of linesOf(tellComparison(finish(compareNodes(state, now))), style)) output.line(line);
    await output.flush();
    state = now;
  }
  return 0;
}

function linesOf({ ways, sections }: Told, style: Style): readonly string[] {
  const time = clock();
  const changes = sections.flatMap((section) =>
    section.changes.map(
      (change) => `${paint(style, 'bold', plain(section.title))}: ${changeText(change, style)}`,
    ),
  );
  return [...changes, ...ways.map((way) => wayText(way, style))].map((line) => `${time} ${line}`);
}

/** `10:41:02`, as the user's clock has it. */
function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
