/** Chains of kube-proxy's that no packet comes to any more: a base chain is gone, was flushed, or stands too late. */
import { lookup } from '../../../text/lookup.ts';
import { priorityNumber } from '../../../rules/nftables/catalogue/priorities.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { chainsFrom } from '../../../rules/nftables/ways.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { either } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject } from './subject.ts';

interface Wanted {
  readonly chain: string;
  readonly type: 'nat' | 'filter';
  /** From each of these hooks packets come to it. */
  readonly hooks: readonly string[];
  /** What follows where they do not. */
  readonly so: (hooks: readonly string[]) => string;
}

const who: Readonly<Record<string, string>> = lookup({
  prerouting: 'pods and other machines',
  output: 'the node itself',
});

/** k/k pkg/proxy/nftables/proxier.go, `nftablesJumpChains`: what all releases from 1.29 on have in common. */
const wanted: readonly Wanted[] = [
  {
    chain: 'services',
    type: 'nat',
    hooks: ['prerouting', 'output'],
    so: (hooks) =>
      `what ${either(
        hooks.map((hook) => who[hook] ?? hook),
        'and',
      )} ${hooks.length === 1 && hooks[0] === 'output' ? 'sends' : 'send'} to a Service is not translated, and hangs or is refused`,
  },
  {
    chain: 'masquerading',
    type: 'nat',
    hooks: ['postrouting'],
    so: () =>
      'what comes by a node port, or from a pod that is balanced to itself, goes to its endpoint with the client’s own address, and the reply does not come back through this node',
  },
  {
    chain: 'service-endpoints-check',
    type: 'filter',
    hooks: ['forward', 'output'],
    so: () => 'clients of a Service without endpoints wait in vain where they would be refused at once',
  },
  {
    chain: 'nodeport-endpoints-check',
    type: 'filter',
    hooks: ['input'],
    so: () => 'a node port of a Service without endpoints is answered by the node itself',
  },
  {
    chain: 'cluster-ips-check',
    type: 'filter',
    hooks: ['forward', 'output'],
    so: () => 'what is sent to a cluster IP at a port that no Service has is routed on, and hangs',
  },
];

/** One for each chain that lacks some of its hooks. */
export function baseChains(subject: NftSubject): readonly Finding[] {
  return subject.tables.flatMap((table) => [
    ...wanted.flatMap((each) => missing(subject, table, each)),
    ...lateFirewall(subject, table),
  ]);
}

function missing(
  subject: NftSubject,
  table: ProxyTable,
  { chain: name, type, hooks, so }: Wanted,
): readonly Finding[] {
  const chain = table.chains.get(name);
  if (chain === undefined || chain.rules.length === 0) return [];
  const lacking = hooks.filter((hook) => !leads(table, basesAt(table, type, hook), chain));
  if (lacking.length === 0) return [];
  const bases = lacking.flatMap((hook) => basesAt(table, type, hook));
  const [base] = bases;
  const why =
    base === undefined
      ? `table ${table.name} has no chain of type ${type} at hook ${either(lacking, 'and')} any more`
      : `${either(
          bases.map((each) => each.name),
          'and',
        )} ${bases.length === 1 ? 'has' : 'have'} lost the jump`;
  return [
    ruleFinding({
      code: 'jump-missing',
      at: subject.declarationOf(base ?? chain),
      message: `Nothing leads from hook ${either(lacking, 'and')} to ${chainWords(chain)}: ${why}. So ${so(lacking)}. Restart kube-proxy on the node, which writes its table anew, and find who changes it.`,
      related: [{ at: subject.declarationOf(chain), message: 'This chain is not led to.' }],
    }),
  ];
}

function basesAt({ bases }: ProxyTable, type: string, hook: string): readonly PlacedChain[] {
  return bases.filter(({ base }) => base?.type.text === type && base.hook.text === hook);
}

function leads({ ruleset }: ProxyTable, bases: readonly PlacedChain[], chain: PlacedChain): boolean {
  for (const each of chainsFrom(ruleset, bases)) if (each === chain) return true;
  return false;
}

/** Source ranges are asked at the load balancer's address, which is gone once a packet is translated (-100). */
function lateFirewall(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const chain = table.chains.get('firewall-check');
  if (chain === undefined || chain.rules.length === 0) return [];
  const filters = table.bases.filter(({ base }) => base?.type.text === 'filter');
  const bases = filters.filter((each) => leads(table, [each], chain));
  const early = bases.filter(({ family, base }) => {
    const priority = base === null ? null : priorityNumber(family, base.priority);
    return priority === null || priority < DNAT;
  });
  if (early.length > 0) return [];
  const [base] = bases;
  const why =
    base === undefined
      ? 'no base chain jumps to it'
      : `${base.name} stands behind the translation of destinations (priority ${priorityNumber(base.family, base.base?.priority ?? { name: null, offset: 0, start: 0, end: 0 }) ?? '?'})`;
  return [
    ruleFinding({
      code: 'jump-missing',
      at: subject.declarationOf(base ?? chain),
      message: `No packet comes to ${chainWords(chain)} before it is translated: ${why}. So loadBalancerSourceRanges keep nobody out. Restart kube-proxy on the node, which writes its table anew, and find who changes it.`,
      related: [{ at: subject.declarationOf(chain), message: 'This chain comes too late.' }],
    }),
  ];
}

const DNAT = -100;
