import { expect, it } from 'vitest';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { placeOf } from '../../../src/kubeproxy/modes/iptables/source.ts';
import { whyNot } from '../../../src/kubeproxy/narrative/whyNot.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { nodeOf } from '../journey/twoNodes.ts';

const analysis = nodeOf(1, {
  forward: ['-s 10.9.9.9/32 -j DROP', '-p tcp -m tcp --dport 8080 -j ACCEPT', '-j DROP'],
});

/** Of the rule with these words in table and chain. */
function said(table: string, chain: string, index: number) {
  const form = { ...emptyForm, from: 'pod:10.244.1.7:5000', to: 'default/web:http' };
  const reading = readForm(form, analysis);
  const source = analysis.sources.followed(4);
  const rules = source?.ruleset.tables.find((each) => each.name === table)?.chains.get(chain)?.rules;
  const rule = rules?.[index];
  if (reading.kind === 'errors' || source === null || rule === undefined)
    throw new Error('there is no such rule');
  const answer = answerOf(analysis, reading.flow);
  if (answer === null) throw new Error('there are such rules');
  const at = placeOf(source.id, table, chain, rule);
  return whyNot({ flow: reading.flow, analysis, decisions: [], answer }, at).says;
}

const svc = 'KUBE-SVC-AAAAAAAAAAAAAAAA';

it.each([
  ['nat', 'KUBE-SERVICES', 0, 'It matches this packet on each of its 2 ways.'],
  ['nat', svc, 0, 'It matches this packet on 1 of its 2 ways.'],
  ['filter', 'FORWARD', 0, 'It does not match: the packet comes from 10.244.1.7, not 10.9.9.9.'],
  ['filter', 'FORWARD', 2, 'The packet does not come so far: rule 2 of FORWARD takes it before.'],
  ['nat', 'KUBE-NODEPORTS', 0, 'The packet does not come to chain KUBE-NODEPORTS of table nat.'],
])('%s %s %i: %s', (table, chain, index, says) => {
  expect(said(table, chain, index)).toBe(says);
});
