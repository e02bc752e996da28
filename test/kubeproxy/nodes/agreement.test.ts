/** Nodes of one cluster beside each other: who lacks what, by what most of them have. */
import { expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { Agreement, agreementWords, stateOfNode } from '../../../src/kubeproxy/nodes/agreement.ts';
import { dumpText } from '../dumps.ts';

const rules = dumpText('1.36.3', 'iptables-save.txt') ?? '';

function agreementOf(texts: Readonly<Record<string, string>>): Agreement {
  const agreement = new Agreement();
  for (const [node, text] of Object.entries(texts)) {
    const state = stateOfNode(analysisOfFiles(new Map([['iptables-save.txt', text]])));
    if (state !== null) agreement.add(node, state);
  }
  return agreement;
}

const shuffled = rules.replaceAll(/^(-A KUBE-SERVICES .*\n)(-A KUBE-SERVICES .*\n)/gm, '$2$1');
const without = rules.replaceAll(/^.*shop\/three:http.*\n/gm, '');
const fewer = rules.replaceAll(/^-A KUBE-SVC-\S+ .*"shop\/three:http -> 10\.244\.1\.14:8080".*\n/gm, '');

it('nodes with the same Services agree, in whatever order they stand', () => {
  expect(shuffled).not.toBe(rules);
  const agreement = agreementOf({ a: rules, b: shuffled });
  expect(agreementWords(agreement)).toBe('All 2 nodes that were compared have the same Services.');
});

it('names the nodes that lack what most have, and those that have something else', () => {
  const agreement = agreementOf({ a: rules, b: without, c: rules, d: fewer, e: without });
  expect(agreement.differences()).toEqual([
    { kind: 'lacks', ports: ['shop/three:http'], nodes: ['b', 'e'] },
    { kind: 'other', ports: ['shop/three:http'], nodes: ['d'] },
  ]);
  expect(agreementWords(agreement)).toBe(
    '2 of 5 nodes agree; b and e lack shop/three:http; d has other addresses or endpoints of shop/three:http.',
  );
});

it('of two nodes the one that has a Service is right', () => {
  expect(agreementOf({ a: without, b: rules }).differences()).toEqual([
    { kind: 'lacks', ports: ['shop/three:http'], nodes: ['a'] },
  ]);
});

it('a node without kube-proxy’s rules is not compared', () => {
  expect(agreementOf({ a: rules, b: '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n' }).compared).toBe(1);
});

it('takes a node that was asked before to those that are as it was', () => {
  const agreement = agreementOf({ a: rules, b: without });
  const state = stateOfNode(analysisOfFiles(new Map([['iptables-save.txt', rules]])));
  agreement.add('c', { all: state?.all ?? 0, ports: null });
  expect(agreement.differences()).toEqual([{ kind: 'lacks', ports: ['shop/three:http'], nodes: ['b'] }]);
  expect(agreement.compared).toBe(3);
});
