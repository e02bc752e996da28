/** Packets that stand as tests beside rules, to be traced again. */
import type * as vscode from 'vscode';
import { judgeFlowsRequest } from '../../protocol/flowTests.ts';
import type { SavedFlow } from '../commands/flowPicks.ts';
import { readText } from '../documents/readText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { largestFlows, linesOf } from './flowFiles.ts';
import type { RulesOfFlows } from './rulesOfFlows.ts';

/** The first lines of a file are offered: a longer one is for the Testing view. */
const MOST = 8;

/** What the form can show whole. None where they cannot be read: nobody waits for them. */
export async function savedFlows(
  server: RulesServer,
  rulesOf: RulesOfFlows,
  rules: vscode.Uri,
): Promise<readonly SavedFlow[]> {
  const files = await rulesOf.filesOf(rules);
  const read = await Promise.all(files.map((file) => readText(file, largestFlows)));
  const texts = read.flatMap((each) => (each !== null && 'text' in each ? [each.text] : []));
  const lines = texts.flatMap(linesOf).slice(0, MOST);
  if (lines.length === 0) return [];
  const asked = { uri: rules.toString(), lines: lines.map(({ text }) => text) };
  const judged = await server.request(judgeFlowsRequest, asked);
  if (judged.kind !== 'judged') return [];
  return lines.flatMap(({ name }, at): readonly SavedFlow[] => {
    const line = judged.lines[at];
    const packet = line === undefined || line.kind === 'error' ? null : line.packet;
    return packet === null || packet.decisions.length > 0 ? [] : [{ name, form: packet.form }];
  });
}
