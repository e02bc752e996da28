import type { Connection } from 'vscode-languageserver';
import { pastedRequest } from '../../protocol/requests.ts';
import { parseRuleset } from '../../rules/iptables/parser.ts';
import { answer } from '../answer.ts';
import { readPastedParams } from '../params.ts';
import { rulesIn } from '../rulesIn.ts';

/** Whether a text that no document holds yet has rules. */
export function handlePasted(connection: Connection): void {
  answer(connection, pastedRequest, readPastedParams, ({ text }) =>
    Promise.resolve(rulesIn(parseRuleset(text))),
  );
}
