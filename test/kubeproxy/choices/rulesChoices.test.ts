import { describe, expect, it } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { clusterChoices } from '../../../src/kubeproxy/choices/clusterChoices.ts';
import { rulesChoices } from '../../../src/kubeproxy/choices/rulesChoices.ts';
import type { Choice, ChoiceSide } from '../../../src/kubeproxy/choices/choice.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../dumps.ts';

const emptyForm = {
  from: '',
  to: '',
  protocol: '',
  state: '',
  mark: '',
  interface: '',
  ttl: '',
  tcpFlags: '',
};
const all = Number.MAX_SAFE_INTEGER;

function open(...without: readonly SnapshotFileName[]): Analysis {
  const names = snapshotFileNames.filter((name) => !without.includes(name));
  return analysisOfFiles(
    new Map(
      names.flatMap((name) =>
        [dumpText('1.36.3', name)].flatMap((text) => (text === null ? [] : [[name, text] as const])),
      ),
    ),
  );
}

function choicesOf(analysis: Analysis, side: ChoiceSide, query: string, limit: number): readonly Choice[] {
  return finish(rulesChoices(analysis, side, query, limit));
}

function rows(analysis: Analysis, side: ChoiceSide, query: string): readonly string[] {
  return choicesOf(analysis, side, query, 5).map(
    ({ kind, label, description, form }) =>
      `${kind} ${label} | ${description} | ${Object.values(form).join(' ')}`,
  );
}

function key({ kind, label, description, form }: Choice): string {
  return JSON.stringify([kind, label, description.replace(/ at .*| · .*/, ''), form.to ?? form.from]);
}

describe('what may be chosen to trace through a node’s rules', () => {
  const analysis = open();
  const withoutObjects = open('objects.json');

  it('begins with who is no pod', () => {
    expect(rows(analysis, 'source', '').slice(0, 3)).toEqual([
      'external outside the cluster | 203.0.113.9, IPv4 | external:203.0.113.9',
      'external outside the cluster | 2001:db8::9, IPv6 | external:2001:db8::9',
      'node this node | a process of the node itself | node',
    ]);
  });

  it('has the endpoints of the rules for pods where the objects are not known', () => {
    const [, , , first] = choicesOf(withoutObjects, 'source', '', 4);
    expect(first).toMatchObject({ kind: 'pod', description: expect.stringMatching(/^endpoint of /) });
    expect(choicesOf(withoutObjects, 'destination', '', all).every(({ kind }) => kind === 'service')).toBe(
      true,
    );
  });

  it('gives a form that can be read, each of them', () => {
    const read = (choices: readonly Choice[], other: Partial<typeof emptyForm>) =>
      choices.flatMap(({ form, description }) => {
        const reading = readForm({ ...emptyForm, ...other, ...form }, analysis);
        return reading.kind === 'errors' ? [`${description}: ${JSON.stringify(reading.errors)}`] : [];
      });
    const sources = choicesOf(analysis, 'source', '', all);
    const destinations = choicesOf(analysis, 'destination', '', all);
    expect(sources.length).toBeGreaterThan(20);
    expect(destinations.length).toBeGreaterThan(100);
    expect(read(destinations, { from: 'node' })).toEqual([]);
    expect(
      read(sources, { to: '10.96.0.1:443' }).filter((each) => !each.includes('both ends of a packet')),
    ).toEqual([]);
  });

  it('calls a pod and a frontend as the choices of the cluster do', () => {
    const { objects } = analysis;
    if (objects === null) throw new Error('the sample has objects');
    const search = { query: '', limit: all, name: null };
    const cluster = (side: ChoiceSide): ReadonlySet<string> =>
      new Set(finish(clusterChoices(objects, { ...search, side })).map(key));
    const common = (side: ChoiceSide): readonly string[] =>
      choicesOf(analysis, side, '', all)
        .filter(({ kind, description }) => kind === 'pod' || description.startsWith('ClusterIP'))
        .map(key);
    expect(common('source').length).toBeGreaterThan(10);
    expect(common('source').filter((each) => !cluster('source').has(each))).toEqual([]);
    expect(common('destination').length).toBeGreaterThan(40);
    expect(common('destination').filter((each) => !cluster('destination').has(each))).toEqual([]);
  });
});
