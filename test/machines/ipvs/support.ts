/** A node with virtual servers at 10.9.9.9 and fd00:9::9, which kube-ipvs0 has. */
import { createEngine, type Engine } from '../../../src/kernel/engine.ts';
import type { Family, Flow } from '../../../src/kernel/flow.ts';
import { flowResult } from '../../../src/kernel/flows.ts';
import { iptablesMachine } from '../../../src/machines/iptables/machine.ts';
import { ipvsMachine } from '../../../src/machines/ipvs/machine.ts';
import type { IpvsSettings } from '../../../src/machines/ipvs/program.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { parseIpvs } from '../../../src/rules/ipvs/parser.ts';
import { dump, labFiles, nodeOf } from '../../kernel/fixtures.ts';

const sysctls = [
  'conntrack = 1',
  'expire_nodest_conn = 1',
  'expire_quiescent_template = 1',
  'conn_reuse_mode = 1',
];

/** kube-ipvs0 is a dummy link, and down; its addresses are local all the same. */
const kubeIpvs0 = {
  ifindex: 9,
  ifname: 'kube-ipvs0',
  flags: ['BROADCAST', 'NOARP'],
  operstate: 'DOWN',
  addr_info: [
    { family: 'inet', local: '10.9.9.9', prefixlen: 32, scope: 'global' },
    { family: 'inet6', local: 'fd00:9::9', prefixlen: 128, scope: 'global' },
  ],
};

const local = (dst: string): object => ({
  dst,
  dev: 'kube-ipvs0',
  flags: [],
  type: 'local',
  table: 'local',
  protocol: 'kernel',
  scope: 'host',
  prefsrc: dst,
});

const withRows = (text: string | undefined, ...rows: readonly object[]): string => {
  const known: readonly object[] = JSON.parse(text ?? '[]');
  return JSON.stringify([...known, ...rows]);
};

interface Lab extends IpvsSettings {
  readonly rules?: string;
  /** `conntrack = 0`: of net.ipv4.vs, after those that kube-proxy sets. */
  readonly vs?: readonly string[];
  readonly family?: Family;
  /** `conntrack.txt` */
  readonly conntrack?: string;
}

export function ipvsEngine(
  text: string,
  { rules, vs = [], family = 4, conntrack, ...settings }: Lab = {},
): Engine {
  const node = nodeOf({
    ...labFiles,
    'ip-addr.json': withRows(labFiles['ip-addr.json'], kubeIpvs0),
    'ip-route.json': withRows(labFiles['ip-route.json'], local('10.9.9.9')),
    'ip6-route.json': withRows(labFiles['ip6-route.json'], local('fd00:9::9')),
    ...(conntrack === undefined ? {} : { 'conntrack.txt': conntrack }),
    'sysctl.txt': `${labFiles['sysctl.txt']}${[...sysctls, ...vs].map((each) => `net.ipv4.vs.${each}\n`).join('')}`,
  });
  const iptables = iptablesMachine(parseRuleset(rules ?? dump({ nat: [], filter: [] })), family, node);
  return createEngine([iptables, ipvsMachine(parseIpvs(text), family, node, settings)], family, node);
}

/** `forward 10.244.2.5:8080 50 %`, `reject by ipvs/TCP 10.9.9.9:81`: by what is likeliest, then by name. */
export function ends(engine: Engine, flow: Flow): readonly string[] {
  const told = flowResult(flow, engine.trace(flow));
  if (!('outcomes' in told)) return [];
  return told.outcomes
    .map((each) => {
      const share = each.probability > 0.999 ? '' : ` ${Math.round(each.probability * 100)} %`;
      return `${each.verdict} ${each.destination ?? `by ${each.by}`}${share}`;
    })
    .toSorted();
}

export function assumed(engine: Engine, flow: Flow): readonly string[] {
  return engine.trace(flow).assumptions.map(({ code }) => code);
}
