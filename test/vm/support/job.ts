/** What test/vm/guest/record.py is told: nodes to make, packets to send. */
import { readFileSync } from 'node:fs';
import type { Flow } from '../../../src/kernel/flow.ts';
import {
  nodeLinks,
  nodeSysctls,
  OUTSIDE_MAC,
  POD_MAC,
  podNeighbours,
  quietSysctls,
  requestOf,
  UPLINKS,
} from '../../realKernel/support/labNetwork.ts';
import { GUARDS } from './observation.ts';
import type { IpvsNode, RealProxy } from './random/ipvsNode.ts';

interface Step {
  readonly in: string;
  readonly run?: readonly string[];
  readonly input?: string;
  readonly sysctls?: readonly string[];
  readonly lenient?: boolean;
  /** For a real kube-proxy; `servers`: it is not done before so many lines are listed of its virtual servers. */
  readonly objects?: readonly object[];
  readonly flags?: readonly string[];
  readonly servers?: number;
}

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The files of a snapshot, each with the commands that print it; `sysctl.txt` the guest reads itself. */
const listings: readonly (readonly [name: string, commands: readonly (readonly string[])[]])[] = [
  ['ip-addr.json', [['ip', '-j', 'addr']]],
  ['ip-route.json', [['ip', '-j', 'route', 'show', 'table', 'all']]],
  ['ip6-route.json', [['ip', '-6', '-j', 'route', 'show', 'table', 'all']]],
  [
    'ip-rule.json',
    [
      ['ip', '-j', 'rule'],
      ['ip', '-6', '-j', 'rule'],
    ],
  ],
  ['bridge-link.txt', [['bridge', '-d', 'link']]],
  ['ipset-save.txt', [['ipset', 'save']]],
  ['iptables-save.txt', [['iptables-nft-save']]],
  ['ip6tables-save.txt', [['ip6tables-nft-save']]],
  ['ipvsadm-save.txt', [['ipvsadm', '-Sn']]],
];

const WANTED_SYSCTLS = String.raw`net\.(ipv4\.(ip_forward|vs\.|conf\.|ip_local_port_range|fwmark)|ipv6\.conf\.|netfilter\.nf_conntrack_|bridge\.)`;

/** `seconds`: no packet is sent later, but for those of the first node. `proxySize`: the bytes of kube-proxy on the third disk. */
export function jobOf(
  nodes: readonly { readonly node: IpvsNode; readonly flows: readonly Flow[] }[],
  seconds: number,
  proxySize: number,
): object {
  return {
    seconds,
    proxySize,
    program: text('../guest/record.py'),
    proxy: text('../guest/proxy.py'),
    send: text('../../realKernel/support/send.py'),
    listings,
    sysctls: WANTED_SYSCTLS,
    nodes: nodes.map(({ node, flows }, index) => ({
      spaces: [`node${index}`, `outside${index}`, `pods${index}`],
      steps: stepsOf(node, index),
      flows: flows.map((flow) =>
        [...(flow.after ?? []), flow].map((each) => {
          const { space, line } = requestOf(each);
          return [`${space}${index}`, line];
        }),
      ),
    })),
  };
}

const batch = (lines: readonly string[]): Pick<Step, 'run' | 'input'> => ({
  run: ['ip', '-batch', '-'],
  input: `${lines.join('\n')}\n`,
});

function stepsOf(node: IpvsNode, index: number): readonly Step[] {
  const [own, outside, pods] = [`node${index}`, `outside${index}`, `pods${index}`];
  return [
    { in: outside, sysctls: quietSysctls },
    { in: pods, sysctls: quietSysctls },
    { in: own, sysctls: nodeSysctls },
    {
      in: own,
      ...batch([
        'link set lo up',
        ...UPLINKS.map((name) => `link add ${name} type veth peer name ${name} netns ${outside}`),
        `link add vethpods type veth peer name cni0 netns ${pods}`,
      ]),
    },
    { in: outside, ...batch(UPLINKS.map((name) => `link set ${name} address ${OUTSIDE_MAC} up`)) },
    { in: pods, ...batch([`link set cni0 address ${POD_MAC} up`]) },
    { in: own, ...batch([...nodeLinks, ...podNeighbours]) },
    ...(node.proxy === undefined ? restored(node, own) : [written(node, node.proxy, own)]),
    // Those of IPVS are there from its first virtual server on.
    { in: own, sysctls: node.sysctls },
    { in: own, run: ['nft', '-f', '-'], input: GUARDS },
  ];
}

function restored(node: IpvsNode, own: string): readonly Step[] {
  const restore = node.family === 4 ? 'iptables-nft-restore' : 'ip6tables-nft-restore';
  const length = node.family === 4 ? 32 : 128;
  return [
    {
      in: own,
      ...batch([
        'link add kube-ipvs0 type dummy',
        ...node.addresses.map((address) => `addr add ${address}/${length} dev kube-ipvs0`),
      ]),
    },
    { in: own, run: ['ipset', 'restore'], input: node.ipsets },
    { in: own, run: ['ipvsadm', '-R'], input: node.ipvs },
    { in: own, run: [restore], input: node.rules, lenient: true },
  ];
}

function written({ ipvs }: IpvsNode, { objects, flags }: RealProxy, own: string): Step {
  return { in: own, objects, flags, servers: ipvs.split('\n').length / 2 };
}
