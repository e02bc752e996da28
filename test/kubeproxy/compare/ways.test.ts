/** Which packets end otherwise, and that what is not traced for want of a change would end as before. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { WayChange } from '../../../src/kubeproxy/compare/change.ts';
import { compareNodes } from '../../../src/kubeproxy/compare/compareNodes.ts';
import { differencesOf, type FamilyDifference } from '../../../src/kubeproxy/compare/familyDifference.ts';
import { classesOfDifference } from '../../../src/kubeproxy/compare/ways/endsOfBoth.ts';
import { compareWays } from '../../../src/kubeproxy/compare/ways/compareWays.ts';
import { touchedPorts } from '../../../src/kubeproxy/compare/touched.ts';
import { applyDiff } from '../../../src/text/applyDiff.ts';
import { finish } from '../../../src/values/steps.ts';
import { Dump } from '../findings/rules/faults/dump.ts';

function waysBetween(before: Dump, after: Dump | null): readonly WayChange[] {
  if (after === null) throw new Error('The dump has no such rule.');
  return finish(compareNodes(analysisOfFiles(before.files), analysisOfFiles(after.files))).ways;
}

function told({ kind, whose, from, before, after }: WayChange): string {
  return `${kind}: ${whose}, ${from}: ${before} → ${after}`;
}

const dump = Dump.of('1.36.3');
const DROP = '-A FORWARD -p tcp -m comment --comment corp-fw -j DROP';
const dropping = dump.first('filter', DROP);

describe('a rule of somebody else’s', () => {
  it('that drops names whom it cuts off, with a packet; without it the same are well again', () => {
    const lost = waysBetween(dump, dropping);
    const mended = waysBetween(dropping ?? dump, dump);

    expect(lost.map(({ kind }) => kind)).toContain('lost');
    for (const way of lost) {
      expect(way.after).toContain('dropped by rule 1 of FORWARD ("corp-fw")');
      expect(way.packet).not.toBeNull();
      expect(way.services).not.toEqual([]);
    }
    expect(mended.map(({ kind }) => kind)).toEqual(lost.map(() => 'mended'));
    expect(new Set(mended.flatMap(({ services }) => services))).toEqual(
      new Set(lost.flatMap(({ services }) => services)),
    );
  });

  it('that only moves what drops changes nothing', () => {
    const counted = dropping?.first('filter', '-A FORWARD -s 172.31.255.0/24 -j ACCEPT') ?? null;
    expect(waysBetween(dropping ?? dump, counted).map(told)).toEqual([]);
  });

  it('that is about the very client who stands for all outside, and nobody else, changes nothing', () => {
    expect(waysBetween(dump, dump.first('filter', '-A FORWARD -s 203.0.113.0/24 -j DROP'))).toEqual([]);
  });

  it('that matches nothing of Services changes nothing', () => {
    expect(waysBetween(dump, dump.first('filter', '-A FORWARD -s 172.31.255.0/24 -j DROP'))).toEqual([]);
  });
});

/** Rules that tell some Services from others, and what changes of Services themselves. */
const changes: readonly (readonly [name: string, change: (dump: Dump) => Dump | null])[] = [
  ['a DROP for all', (each) => each.first('filter', DROP)],
  ['a DROP for some pods', (each) => each.first('filter', '-A FORWARD -d 10.244.1.0/26 -j DROP')],
  [
    'a DROP for some node ports',
    (each) => each.first('mangle', '-A PREROUTING -p tcp -m tcp --dport 30080:30096 -j DROP'),
  ],
  ['a DROP for some cluster IPs', (each) => each.first('mangle', '-A PREROUTING -d 10.104.0.0/14 -j DROP')],
  ['an ACCEPT before all Services', (each) => each.first('nat', '-A KUBE-SERVICES -p tcp -j ACCEPT')],
  [
    'a DROP of marked packets',
    (each) => each.first('mangle', '-A POSTROUTING -m mark --mark 0x4000 -j DROP'),
  ],
  ['Services in another order', (each) => each.mapped(reversed)],
  ['a Service in other words', (each) => each.withoutOne(/^-A KUBE-SVC-\w+ .*-j KUBE-MARK-MASQ$/mu)],
  ['an endpoint less', (each) => each.withoutOne(/^-A KUBE-SEP-\w+ -p tcp .*-j DNAT .*$/mu)],
  ['a Service less', (each) => each.withoutOne(/^-A KUBE-SERVICES .*-j KUBE-SVC-\w+$/mu)],
];

/** As kube-proxy may write them next time. */
function reversed(lines: readonly string[]): readonly string[] {
  const own = /^-A KUBE-SERVICES .*-j KUBE-SVC-/u;
  const others = lines.filter((line) => own.test(line)).toReversed();
  return lines.map((line) => (own.test(line) ? (others.shift() ?? line) : line));
}

describe('classes of both states tell what those of each alone tell, with', () => {
  const one = analysisOfFiles(dump.files);

  it.each(changes)('%s', (_, change) => {
    const changed = change(dump);
    expect(changed).not.toBeNull();
    const other = analysisOfFiles(changed?.files ?? new Map());
    for (const [before, after] of [
      [one, other],
      [other, one],
    ] as const) {
      const both = waysBy(before, after, differencesOf(before, after, [4]));
      expect(both).toEqual(waysBy(before, after, []));
    }
  });
});

it('of 10,000 Services that did not change, few are traced in either state', () => {
  const large = Dump.of('1.36.3-large');
  const [before, after] = [large, large.first('filter', '-A FORWARD -s 10.99.0.0/16 -j DROP')].map((each) =>
    analysisOfFiles(each?.files ?? new Map()),
  );
  if (before === undefined || after === undefined) throw new Error('no states');
  const [difference] = differencesOf(before, after, [4]);
  const both = difference === undefined ? null : finish(classesOfDifference(difference));
  expect(both?.classes.length).toBeLessThan(20);
  expect(both).toMatchObject({ alone: [], gone: [], come: [] });
});

describe('what was done to a real node, step by step', () => {
  const steps = [
    '01-add-service',
    '02-clusterip-to-nodeport',
    '03-scale-up',
    '04-scale-down',
    '05-delete-service',
    '06-port-change',
    '07-no-endpoints',
  ];
  const ends: Readonly<Record<string, readonly string[]>> = {
    '07-no-endpoints': [
      'lost: Cluster IPs and node ports of shop/two:http, from a pod and from this node: arrives → rejected, since the Service has no endpoints',
      'lost: node port 30500/TCP of shop/two:http, from outside: arrives as from this node, not from the client → rejected, since the Service has no endpoints',
    ],
  };
  let text = readFileSync('test/fixtures/steps/base.txt', 'utf8');

  it.each(steps)('%s', (step) => {
    const before = analysisOf(text);
    const result = applyDiff(text, readFileSync(`test/fixtures/steps/${step}.diff`, 'utf8'));
    if (result.kind !== 'patched') throw new Error(result.kind);
    text = result.text;
    const after = analysisOf(text);

    const { ways } = finish(compareNodes(before, after));
    expect(ways.map(told)).toEqual(ends[step] ?? []);
    expect(new Set(ways.flatMap(keys))).toEqual(new Set(allWays(before, after).flatMap(keys)));
  });
});

function analysisOf(text: string): Analysis {
  return analysisOfFiles(new Map([['iptables-save.txt', text]]));
}

/** With every frontend traced, whatever changed. */
function allWays(before: Analysis, after: Analysis): readonly WayChange[] {
  return waysBy(before, after, differencesOf(before, after, [4]));
}

/** Without `differences` each state is taken by itself. */
function waysBy(
  before: Analysis,
  after: Analysis,
  differences: readonly FamilyDifference[],
): readonly WayChange[] {
  const ports = new Set(differencesOf(before, after, [4]).flatMap((each) => [...touchedPorts(each)]));
  return finish(compareWays(before, after, { families: [4], ports, others: true, differences })).changes;
}

function keys({ kind, frontends, vantages }: WayChange): readonly string[] {
  return frontends.flatMap((frontend) => vantages.map((vantage) => `${kind} ${frontend} ${vantage}`));
}
