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
  return finish(rulesChoices(analysis, { side, query, limit, from: '', typed: false, atHand: false }));
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
    expect(rows(analysis, 'source', '').slice(0, 2)).toEqual([
      'external outside the cluster | any client: an address that no rule names stands for it | external',
      'node this node | a process of the node itself | node',
    ]);
  });

  it('has the endpoints of the rules for pods where the objects are not known', () => {
    const [, , first] = choicesOf(withoutObjects, 'source', '', 3);
    expect(first).toMatchObject({ kind: 'pod', description: expect.stringMatching(/^endpoint of /) });
    expect(choicesOf(withoutObjects, 'destination', '', all).every(({ kind }) => kind === 'service')).toBe(
      true,
    );
  });

  it('has a pod once, whatever its addresses', () => {
    const labels = choicesOf(analysis, 'source', 'v6/', all).map(({ label }) => label);
    expect(labels.length).toBeGreaterThan(2);
    expect(new Set(labels).size).toBe(labels.length);
    expect(rows(analysis, 'source', 'v6/dual-0')).toEqual([
      expect.stringMatching(
        /^pod v6\/dual-0 \| pod 10\.244\.\d+\.\d+, fd00:\S+ on node-\d \| pod:v6\/dual-0$/,
      ),
    ]);
  });

  const asked = { limit: 9, from: '', typed: true, atHand: false };
  const kinds = (side: ChoiceSide, of: Analysis): ReadonlySet<string> =>
    new Set(
      finish(rulesChoices(of, { ...asked, limit: all, side, query: '', atHand: true })).map(
        ({ kind }) => kind,
      ),
    );
  const typedOf = (side: ChoiceSide, query: string, given: object = {}) =>
    finish(rulesChoices(analysis, { ...asked, side, query, ...given })).map(
      ({ kind, label, description }) => `${kind} ${label}${kind === 'typed' ? ` | ${description}` : ''}`,
    );

  it('has what was typed last, where that can be read', () => {
    expect(typedOf('destination', 'edge/np-cluster')).toEqual([
      'service edge/np-cluster:http',
      'service edge/np-cluster:http',
      'pod edge/np-cluster-0',
      'pod edge/np-cluster-1',
      'pod edge/np-cluster-2',
      'typed edge/np-cluster | ClusterIP of edge/np-cluster:http',
    ]);
    expect(typedOf('destination', 'np-cluster', { from: 'external' }).at(-1)).toBe(
      'typed np-cluster | node port of edge/np-cluster:http',
    );
    expect(typedOf('destination', 'np-clust').join()).not.toContain('typed');
    expect(typedOf('source', '10.9.9.9')).toEqual(['typed 10.9.9.9 | outside the cluster']);
  });

  it('has what was typed, and what is wrong with it, where there is nothing else', () => {
    expect(typedOf('destination', 'np-clustre')).toEqual([
      'typed np-clustre | Nothing here is called "np-clustre". Did you mean edge/np-cluster?',
    ]);
    expect(typedOf('destination', '')).not.toContain('typed');
    expect(typedOf('source', 'np-clustre', { typed: false })).toEqual([]);
  });

  it('has at once what needs no catalogue', () => {
    expect(kinds('source', analysis)).toEqual(new Set(['external', 'node', 'pod']));
    expect(kinds('destination', analysis)).toEqual(new Set(['pod']));
    expect(kinds('source', withoutObjects)).toEqual(new Set(['external', 'node']));
    const unread = new Proxy(analysis, {
      get: (of, name) => {
        if (name === 'catalog') throw new Error('the catalogue is not at hand');
        return Reflect.get(of, name, of);
      },
    });
    expect(kinds('source', unread).size).toBe(3);
    expect(kinds('destination', unread).size).toBe(1);
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
