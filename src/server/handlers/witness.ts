import type { CancellationToken, Connection } from 'vscode-languageserver';
import { answering } from '../../kubeproxy/answer/answer.ts';
import { readForm } from '../../kubeproxy/form/flowForm.ts';
import { placeOf } from '../../kubeproxy/modes/iptables/source.ts';
import { whyNot } from '../../kubeproxy/narrative/whyNot.ts';
import { explainNftRuleAt } from '../../kubeproxy/explain/explainNftRule.ts';
import { explainRule, type RuleExplanation } from '../../kubeproxy/explain/explainRule.ts';
import {
  type WhyNotAnswer,
  type WhyNotParams,
  whyNotRequest,
  type WitnessAnswer,
  witnessRequest,
} from '../../protocol/witness.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { NftDocument } from '../../language/nftables/nftDocument.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readWhyNotParams, readWitnessParams } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';
import { notOpen } from './trace.ts';

/** Answers the command that traces a packet which a rule matches. */
export function handleWitness(connection: Connection, workspace: Workspace): void {
  answer(connection, witnessRequest, readWitnessParams, async ({ uri, line }, token) => {
    const subject = await workspace.subject(uri);
    return subject === null ? none(notOpen) : witnessAt(line, subject, token);
  });
  answer(connection, whyNotRequest, readWhyNotParams, async (params, token) => {
    const subject = await workspace.subject(params.uri);
    return subject === null ? cannot(notOpen) : whyNotAt(params, subject, token);
  });
}

async function witnessAt(
  line: number,
  { document, analysis, documentOf }: Subject,
  token: CancellationToken,
): Promise<WitnessAnswer> {
  if (document instanceof NftDocument) return nativeWitnessAt(line, document, analysis, token);
  const offset = document.offsetAt({ line, character: 0 });
  const [rule, table] = [document.ruleAt(offset), document.tableAt(offset)];
  if (rule === null || table === null) return none('There is no rule in this line.');
  const place = { table: table.name, chain: rule.chain.text, index: rule.index };
  const told = await answerInTurns(explainRule(place, analysis), token);
  // Of both families one has this very rule; an excerpt has the offsets of its whole.
  const own = told.find(
    ({ at }) => at.span.start === rule.start && documentOf(at.source)?.text === document.text,
  );
  return own === undefined ? none(SAYS_NOTHING) : witnessOf(own);
}

/** Of the first rule that stands in the line. */
async function nativeWitnessAt(
  line: number,
  document: NftDocument,
  analysis: Analysis,
  token: CancellationToken,
): Promise<WitnessAnswer> {
  const start = document.offsetAt({ line, character: 0 });
  const end = document.offsetAt({ line: line + 1, character: 0 });
  const indent = /^\s*/u.exec(document.text.slice(start, end))?.[0].length ?? 0;
  const told = await answerInTurns(explainNftRuleAt(start + indent, analysis), token);
  return told === null ? none('There is no rule in this line.') : witnessOf(told);
}

function witnessOf(own: RuleExplanation): WitnessAnswer {
  if (own.witness !== null)
    return { kind: 'packet', form: own.witness.packet, decisions: own.witness.decisions };
  return none(own.never ?? 'None of the packets that were tried gets to this rule. Others may.');
}

const SAYS_NOTHING = 'Packets are not traced through these rules: the node has others that count.';

async function whyNotAt(
  { line, form, decisions }: WhyNotParams,
  { document, analysis, documentOf }: Subject,
  token: CancellationToken,
): Promise<WhyNotAnswer> {
  const rule = document.ruleAt(document.offsetAt({ line, character: 0 }));
  const table = document.tableAt(document.offsetAt({ line, character: 0 }));
  if (rule === null || table === null) return cannot('There is no rule in this line.');
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') return cannot(reading.errors.map(({ message }) => message).join(' '));
  const { flow } = reading;
  const answered = await answerInTurns(answering(analysis, flow, { decisions }), token);
  const source = analysis.sources.followed(flow.family);
  if (answered === null || source === null || documentOf(source.id)?.text !== document.text) {
    return cannot(SAYS_NOTHING);
  }
  const at = placeOf(source.id, table.name, rule.chain.text, rule);
  return whyNot({ flow, analysis, decisions, answer: answered }, at);
}

function cannot(says: string): WhyNotAnswer {
  return { matches: false, says };
}

function none(message: string): WitnessAnswer {
  return { kind: 'none', message };
}
