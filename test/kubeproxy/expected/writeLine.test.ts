import { expect, it } from 'vitest';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { judging } from '../../../src/kubeproxy/expected/judge.ts';
import { writingLine } from '../../../src/kubeproxy/expected/writeLine.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { finish } from '../../../src/values/steps.ts';
import { nodeOf } from '../journey/twoNodes.ts';

const forwarded = { ...emptyForm, from: 'pod:10.244.1.7:5000', to: 'default/web:http' };

it.each([
  [
    { form: forwarded, decisions: [], id: 'the web' },
    '{"id": "the web", "from": "pod:10.244.1.7:5000", "to": "default/web:http", "expect": "forward"}',
  ],
  [
    { form: { ...forwarded, mark: ' 0x7 ', state: 'new' }, decisions: [], id: '' },
    '{"from": "pod:10.244.1.7:5000", "to": "default/web:http", "state": "new", "mark": "0x7", "expect": "forward"}',
  ],
])('writes %j, which is as expected when it is read', (trace, text) => {
  const analysis = nodeOf(1);
  const line = finish(writingLine(trace, analysis));
  expect(line).toEqual({ kind: 'line', text, ends: 'forward' });
  expect(finish(judging(text, analysis, { assume: [], expect: null }))).toMatchObject({
    held: { otherwise: null },
  });
});

it('takes along what was decided, and expects every end that is left', () => {
  const analysis = nodeOf(1, {
    forward: [
      '-m set --match-set PEERS src -j DROP',
      '-m statistic --mode random --probability 0.5 -j REJECT',
    ],
  });
  const reading = readForm(forwarded, analysis);
  const asked = reading.kind === 'flow' ? (answerOf(analysis, reading.flow)?.assumptions ?? []) : [];
  const question = asked.find(({ code }) => code === 'ipset-unknown');
  const option = question?.options.find(({ word }) => word === 'no');
  const open = finish(writingLine({ form: forwarded, decisions: [], id: '' }, analysis));
  expect(open).toMatchObject({ ends: 'drop, reject, forward' });
  const decided = finish(
    writingLine({ form: forwarded, decisions: option?.decisions ?? [], id: '' }, analysis),
  );
  expect(decided).toMatchObject({ ends: 'reject, forward', text: expect.stringContaining('"assume": ["') });
  const text = decided.kind === 'line' ? decided.text : '';
  expect(finish(judging(text, analysis, { assume: [], expect: null }))).toMatchObject({
    held: { expected: 'reject, forward', otherwise: null },
  });
});

it('says why there is none', () => {
  const wrong = { ...forwarded, to: 'default/nobody:http' };
  expect(finish(writingLine({ form: wrong, decisions: [], id: '' }, nodeOf(1)))).toMatchObject({
    kind: 'none',
  });
});
