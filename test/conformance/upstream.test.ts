import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import { flowResult, type OutcomeResult } from '../../src/kernel/flows.ts';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';
import { conformanceFolder, enginesOf, linesOf, SKIP_REASON } from './snapshots.ts';

interface UpstreamCase {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly endpoints: readonly string[];
  readonly verdict: string | null;
  readonly masquerade: boolean;
}

interface UpstreamRuleset {
  readonly test: string;
  readonly family: Family;
  readonly ruleset: string;
  readonly nodeAddresses: readonly string[];
  readonly cases: readonly UpstreamCase[];
}

const file = conformanceFolder === null ? null : join(conformanceFolder, 'upstream', 'iptables-1.36.3.jsonl');

if (file === null || !existsSync(file)) {
  test.skip(`packets end as kube-proxy's own tests expect (${SKIP_REASON})`, () => {});
} else {
  const rulesets = linesOf(file).map((line): UpstreamRuleset => JSON.parse(line));
  describe("packets end as kube-proxy's own tests expect", () => {
    test.each(rulesets.map((ruleset, index) => [index, ruleset.test, ruleset] as const))(
      '%i %s',
      (_index, _name, ruleset) => {
        const engine = enginesOf(snapshotOf(ruleset))(ruleset.family);
        for (const row of ruleset.cases) {
          const flow = flowOf(ruleset, row);
          const result = flowResult(flow, engine.trace(flow));
          expect('outcomes' in result && differenceOf(row, result.outcomes), row.name).toBeNull();
        }
      },
    );
  });
}

const loopback = ['127.0.0.1', '::1'];

function snapshotOf(ruleset: UpstreamRuleset): ReadonlyMap<SnapshotFileName, string> {
  const { family, nodeAddresses } = ruleset;
  const locals = [...nodeAddresses, ...loopback];
  const routes = (isIPv6: boolean): readonly object[] =>
    locals
      .filter((address) => address.includes(':') === isIPv6)
      .map((dst) => ({ type: 'local', dst, dev: loopback.includes(dst) ? 'lo' : 'eth0', table: 'local' }));
  const files: readonly (readonly [SnapshotFileName, string | object])[] = [
    [family === 6 ? 'ip6tables-save.txt' : 'iptables-save.txt', ruleset.ruleset],
    ['ip-addr.json', [link(1, 'lo', loopback), link(2, 'eth0', nodeAddresses), link(3, 'cni0', [])]],
    [
      'ip-route.json',
      [
        { dst: 'default', gateway: '192.168.0.1', dev: 'eth0' },
        { dst: '10.0.0.0/8', dev: 'cni0', scope: 'link' },
        { type: 'local', dst: '127.0.0.0/8', dev: 'lo', table: 'local' },
        ...routes(false),
      ],
    ],
    [
      'ip6-route.json',
      [
        { dst: 'default', gateway: 'fe80::1', dev: 'eth0' },
        { dst: 'fd00:10::/32', dev: 'cni0' },
        ...routes(true),
      ],
    ],
    [
      'sysctl.txt',
      'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\nnet.ipv4.conf.all.route_localnet = 1\nnet.ipv4.conf.all.rp_filter = 0\n',
    ],
  ];
  return new Map(
    files.map(([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)]),
  );
}

function link(ifindex: number, ifname: string, addresses: readonly string[]): object {
  const flags = ifname === 'lo' ? ['UP', 'LOWER_UP', 'LOOPBACK'] : ['UP', 'LOWER_UP', 'BROADCAST'];
  const info = addresses.map((local) => ({
    family: local.includes(':') ? 'inet6' : 'inet',
    local,
    prefixlen: local.includes(':') ? 64 : 24,
    scope: ifname === 'lo' ? 'host' : 'global',
  }));
  return { ifindex, ifname, flags, mtu: 1500, operstate: 'UP', addr_info: info };
}

function flowOf(ruleset: UpstreamRuleset, row: UpstreamCase): Flow {
  const isOwn = [...ruleset.nodeAddresses, ...loopback].includes(row.from);
  const isPod = row.from.startsWith('10.') || row.from.startsWith('fd00:10:');
  const kind = isOwn ? 'node' : isPod ? 'pod' : 'external';
  return {
    family: ruleset.family,
    from: { kind, address: row.from, port: 40000, interface: isOwn ? null : isPod ? 'cni0' : 'eth0' },
    to: { address: row.to, port: row.port },
    protocol: row.protocol,
  };
}

function differenceOf(row: UpstreamCase, outcomes: readonly OutcomeResult[]): string | null {
  const sum = outcomes.reduce((total, { probability }) => total + probability, 0);
  if (Math.abs(sum - 1) > 1e-6) return `probabilities sum to ${sum}`;
  const verdicts = [...new Set(outcomes.map(({ verdict }) => verdict))];
  if (row.verdict === 'drop' || row.verdict === 'reject') {
    return verdicts.join() === row.verdict ? null : `expected ${row.verdict}, got ${verdicts.join()}`;
  }
  if (verdicts.some((verdict) => verdict !== 'forward' && verdict !== 'local'))
    return `got ${verdicts.join()}`;
  const told = listed(outcomes.map(({ destination }) => destination ?? ''));
  const host = row.to.includes(':') ? `[${row.to}]` : row.to;
  const wanted = listed(row.endpoints.length === 0 ? [`${host}:${row.port}`] : row.endpoints);
  if (told !== wanted) return `expected ${wanted}, got ${told}`;
  const masqueraded = outcomes.some((outcome) => outcome.masqueraded);
  return masqueraded === row.masquerade ? null : `masqueraded: ${masqueraded}`;
}

function listed(texts: readonly string[]): string {
  return [...new Set(texts)].toSorted((one, other) => one.localeCompare(other)).join();
}
