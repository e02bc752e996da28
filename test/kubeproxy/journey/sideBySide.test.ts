import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { askedElsewhere, differencesOf, summaryOf } from '../../../src/kubeproxy/journey/sideBySide.ts';
import { journey, nodeFiles, nodeOf, type RulesGiven } from './twoNodes.ts';

const form = { from: 'pod:10.244.1.7', to: '10.96.12.3:80' };

function summary(number: 1 | 2 | 3, rules: RulesGiven = {}, given = form) {
  return summaryOf(journey(nodeOf(number, rules), given).narrative);
}

describe('the same packet on several nodes', () => {
  it('is told in short', () => {
    expect(summary(1)).toMatchObject({
      verdict: 'forward',
      headline: 'Forwarded to one of 2 endpoints of default/web:http.',
      outcomes: [
        { verdict: 'forward', share: 0.5, title: '10.244.2.9:8080' },
        { verdict: 'forward', share: 0.5, title: '10.244.3.4:8080' },
      ],
      more: 0,
      source: 'kept',
    });
    expect(summary(2, {}, { from: 'external:203.0.113.9', to: '192.168.0.2:30080' }).source).toBe('changed');
  });

  it('differs where most others say something else', () => {
    const all = [summary(1), summary(2, { forward: ['-d 10.244.3.4/32 -j DROP'] }), summary(3), null];
    expect(differencesOf(all)).toEqual([[], ['verdict'], [], []]);
    expect(differencesOf([])).toEqual([]);
    const other = { from: 'pod:10.244.1.7', to: '10.244.3.4:8080' };
    expect(differencesOf([summary(1), summary(2), summary(2, {}, other)])).toEqual([
      [],
      [],
      ['destinations'],
    ]);
    const drop = ['-j DROP'];
    expect(
      differencesOf([summary(1, { forward: drop }), summary(2, { forward: ['-p udp -j ACCEPT', ...drop] })]),
    ).toEqual([[], ['reason']]);
    const seen = ['-j SNAT --to-source 192.168.0.2'];
    expect(differencesOf([summary(1), summary(2, { postrouting: seen })])).toEqual([[], ['source']]);
  });

  it('is not known on a node whose Services are not in the rules that are followed', () => {
    const legacy = '*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -j RETURN\nCOMMIT\n';
    const other = analysisOfFiles(new Map([...nodeFiles(2), ['iptables-legacy-save.txt', legacy]]));
    const told = summaryOf(journey(other, form).narrative);
    expect(told).toMatchObject({
      verdict: 'unknown',
      headline:
        'Not known: kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet.',
    });
    expect(told.outcomes.map(({ verdict, title }) => [verdict, title])).toEqual([
      ['unknown', 'not known'],
      ['unknown', 'not known'],
    ]);
    expect(differencesOf([summary(1), told, summary(3)])).toEqual([[], ['verdict'], []]);
  });

  it('is another question on the nodes that the source does not send from', () => {
    const { flow } = journey(nodeOf(2), form);
    expect(askedElsewhere(flow, 'pod:10.244.1.7', nodeOf(2))).toBe(
      'pod:10.244.1.7 sends from node-1: here its packet is taken to come in from the network.',
    );
    expect(askedElsewhere(flow, 'pod:10.244.1.7', nodeOf(1))).toBe('');
    const outside = journey(nodeOf(2), { ...form, from: 'external:203.0.113.9' }).flow;
    expect(askedElsewhere(outside, 'external:203.0.113.9', nodeOf(2))).toBe('');
    const process = journey(nodeOf(2), { ...form, from: 'node:node-1' }).flow;
    expect(askedElsewhere(process, 'node:node-1', nodeOf(2))).toContain('node:node-1 sends from node-1');
  });
});
