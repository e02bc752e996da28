import type { Connection } from 'vscode-languageserver';
import { type PastedText, pastedRequest } from '../../protocol/requests.ts';
import { parseRuleset } from '../../rules/iptables/parser.ts';
import { answer } from '../answer.ts';
import { readPastedParams } from '../params.ts';

/** Whether a text that no document holds yet has rules. */
export function handlePasted(connection: Connection): void {
  answer(connection, pastedRequest, readPastedParams, ({ text }) => Promise.resolve(contentOf(text)));
}

function contentOf(text: string): PastedText {
  const { tables, lineProblems } = parseRuleset(text);
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  const what = lineProblems.find(({ code }) => code === 'not-rules')?.detail ?? 'text without rules';
  return { rules: chains.reduce((sum, chain) => sum + chain.rules.length, 0), what };
}
