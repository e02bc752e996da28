/** What kube-proxy takes for the network of pods (--cluster-cidr), as its tables have it, is not where the pods are. */
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { Rule } from '../../../rules/nftables/statements.ts';
import { readNetwork } from '../../../values/networks.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { marks } from '../../modes/nftables/conditions.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import type { Finding } from '../finding.ts';
import { MOST_ENDPOINTS, oddWords, wrongNetwork } from '../rules/clusterCidrMismatch.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { type NftSubject, serviceOfChain } from './subject.ts';

/** As in iptables mode; what one Service has otherwise than the others is told first. */
export function clusterCidr(subject: NftSubject): readonly Finding[] {
  return subject.tables.flatMap((table) => {
    const uses = usesIn(table);
    const [most, ...others] = [...groupBy(uses, ({ text }) => text)].sort(
      ([, a], [, b]) => b.length - a.length,
    );
    if (most === undefined) return [];
    const odd = others.flatMap(([, own]) => oddOnes(subject, own, most[0]));
    return odd.length > 0 ? odd : mismatch(subject, table, most[1]);
  });
}

interface Use {
  readonly chain: PlacedChain;
  readonly index: number;
  /** `10.244.0.0/16` */
  readonly text: string;
}

/** The rules that tell pods from others by their network, in the order of the table. */
function usesIn({ chains, portChains }: ProxyTable): readonly Use[] {
  const services = chains.get('services');
  const own = [...portChains].flatMap(([chain, { kind }]) =>
    kind === 'service' || kind === 'external' ? [chain] : [],
  );
  return [...(services === undefined ? [] : [services]), ...own].flatMap((chain) =>
    chain.rules.flatMap((rule, index) => {
      const text = networkIn(rule);
      return text === null ? [] : [{ chain, index, text }];
    }),
  );
}

/** `ip saddr != 10.244.0.0/16 meta mark set …`, `ip saddr 10.244.0.0/16 goto service-…` */
function networkIn(rule: Rule): string | null {
  const goesOn = rule.statements.some((each) => each.kind === 'verdict' && each.verdict === 'goto');
  for (const each of rule.statements) {
    if (each.kind !== 'match' || each.left.kind !== 'payload' || each.left.field !== 'saddr') continue;
    const isOne = each.right.kind === 'prefix';
    const isOfPods = each.operator === '!=' ? marks(rule) : each.operator === '==' && goesOn;
    if (isOne && isOfPods) return printExpression(each.right);
  }
  return null;
}

/** One for each Service port; what stands for all Services has nobody to differ from. */
function oddOnes(subject: NftSubject, uses: readonly Use[], others: string): readonly Finding[] {
  const byService = groupBy(uses, ({ chain }) => serviceOfChain(chain) ?? chain.name);
  return [...byService].flatMap(([of, [first]]) =>
    first === undefined
      ? []
      : [
          ruleFinding({
            code: 'cluster-cidr-mismatch',
            at: subject.atRule(first.chain, first.index),
            service: serviceOfChain(first.chain),
            message: oddWords(first.chain.name, first.text, { of, others }),
          }),
        ],
  );
}

function mismatch(subject: NftSubject, table: ProxyTable, [first]: readonly Use[]): readonly Finding[] {
  if (first === undefined) return [];
  const network = readNetwork(first.text, table.family);
  if (network.kind !== 'value') return [];
  const cidr = { text: first.text, network: network.value };
  const of = { family: table.family, parts: subject.parts };
  const wrong = wrongNetwork(of, cidr, () => endpointsOf(table));
  return wrong === null ? [] : [ruleFinding({ ...wrong, at: subject.atRule(first.chain, first.index) })];
}

/** Addresses of some endpoints, each once. */
function endpointsOf(table: ProxyTable): readonly string[] {
  const addresses = new Set<string>();
  for (const [chain, { kind }] of table.portChains) {
    if (addresses.size >= MOST_ENDPOINTS) break;
    if (kind !== 'service') continue;
    for (const { address } of table.balance(chain).endpoints.values()) addresses.add(address);
  }
  return [...addresses];
}
