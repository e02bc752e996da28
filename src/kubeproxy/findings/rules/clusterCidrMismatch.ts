/** What kube-proxy takes for the network of pods (--cluster-cidr) is not where the pods are. */
import { readNetwork } from '../../../values/networks.ts';
import { either } from '../../narrative/words.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { type PodNetwork, podNetworkOf } from '../../podNetwork.ts';
import type { Finding } from '../finding.ts';
import { dispatchesOf } from './dispatches.ts';
import { covers, type KnownNetwork, overlap, ownPodNetworks, type PodSubject } from './podAddresses.ts';
import { ruleFinding } from './ruleFinding.ts';
import { generalOption, targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import { byPort } from './serviceChains.ts';
import type { RulesSubject } from './subject.ts';

/** Against the Node object, else the bridge of pods, else the addresses of endpoints. In the mode NodeCIDR it is this node's own network alone. */
export function clusterCidrMismatch(subject: RulesSubject): readonly Finding[] {
  const odd = oddOnes(subject);
  return odd.length > 0 ? odd : mismatch(subject);
}

/** kube-proxy has one network for all: a Service whose chain names another one was not written with the others. */
function oddOnes(subject: RulesSubject): readonly Finding[] {
  const { podNetworks } = regularChains(subject.ruleset, subject.table('nat'));
  const [most, ...others] = [...podNetworks].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined || subject.isPart) return [];
  return others.flatMap(([text, chains]) =>
    byPort(subject, chains).flatMap(({ service, title, chains: own }) => {
      const [chain] = own;
      const rule = chain?.rules[0];
      if (chain === undefined || rule === undefined) return [];
      return [
        ruleFinding({
          code: 'cluster-cidr-mismatch',
          at: subject.at(chain, rule),
          service,
          message: oddWords(chain.name, text, { of: title, others: most[0] }),
        }),
      ];
    }),
  );
}

/** Of a chain that takes another network for that of pods than most do. */
export function oddWords(
  chain: string,
  text: string,
  { of, others }: { readonly of: string; readonly others: string },
): string {
  return `${chain} takes ${text} for the network of pods, and the chains of other Services take ${others}: what pods send to ${of} is masqueraded where it need not be, or what others send is not. Somebody has edited the rule; restart kube-proxy on the node, which writes it anew.`;
}

function mismatch(subject: RulesSubject): readonly Finding[] {
  const cidr = podNetworkOf(subject.ruleset);
  if (cidr === null || cidr.network.family !== subject.family) return [];
  const wrong = wrongNetwork(subject, cidr, () => endpointsOf(subject));
  return wrong === null ? [] : [ruleFinding({ ...wrong, at: firstUse(subject, cidr.text) })];
}

const FEW_ENDPOINTS = 3;
const MOST_NAMED = 2;
/** More tell nothing new. */
export const MOST_ENDPOINTS = 200;

/** What shows that pods are elsewhere than in `cidr`; null where nothing does. `endpoints`: addresses of some, each once. */
export function wrongNetwork(
  subject: PodSubject,
  cidr: PodNetwork,
  endpoints: () => readonly string[],
): {
  readonly code: 'cluster-cidr-mismatch';
  readonly assumes: string | null;
  readonly message: string;
} | null {
  const own = ownPodNetworks(subject);
  const wrong = own.filter(({ network }) => !covers(cidr.network, network));
  if (own.length > 0) return wrong.length === 0 ? null : told(cidr.text, wordsOf(wrong), null);
  const some = endpoints();
  const inside = some.some((address) => {
    const read = readNetwork(address, subject.family);
    return read.kind === 'value' && overlap(cidr.network, read.value);
  });
  if (some.length < FEW_ENDPOINTS || inside) return null;
  return told(
    cidr.text,
    `none of the endpoints that were looked at is in it (${some.slice(0, MOST_NAMED).join(', ')} …)`,
    'most endpoints are pods of the cluster',
  );
}

function wordsOf(wrong: readonly KnownNetwork[]): string {
  return either(
    wrong.map(({ text, by }) => `pods of this node are in ${text} (${by})`),
    'and',
  );
}

function told(
  cidr: string,
  what: string,
  assumes: string | null,
): NonNullable<ReturnType<typeof wrongNetwork>> {
  return {
    code: 'cluster-cidr-mismatch',
    assumes,
    message: `kube-proxy takes ${cidr} for the network of pods, and ${what}: what pods send to Services is masqueraded, so that endpoints see the node’s address and network policies by Pod do not fit, and what others send from ${cidr} is not. Set --cluster-cidr (clusterCIDR in the ConfigMap kube-proxy) to the network that the network plugin gives to pods.`,
  };
}

/** The first rule that has it as a condition. */
function firstUse(subject: RulesSubject, cidr: string): Finding['at'] {
  for (const { target, chain, rule } of dispatchesOf(subject.ruleset)) {
    const own = subject.chain('nat', target);
    const marks = own?.rules.find((each) => valueOf(generalOption(each, '-s')) === cidr);
    if (own && marks !== undefined) return subject.at(own, marks);
    if (valueOf(generalOption(rule, '-s')) === cidr) return subject.at(chain, rule);
  }
  const services = subject.chain('nat', 'KUBE-SERVICES');
  const rule = services?.rules.find((each) => valueOf(generalOption(each, '-s')) === cidr);
  return services && rule !== undefined ? subject.at(services, rule) : subject.declarationOf(services);
}

/** Addresses of some endpoints, each once. */
function endpointsOf(subject: RulesSubject): readonly string[] {
  const addresses = new Set<string>();
  for (const [name, chain] of subject.table('nat')?.chains ?? []) {
    if (addresses.size >= MOST_ENDPOINTS) break;
    if (!name.startsWith('KUBE-SEP-')) continue;
    const dnat = chain.rules.find((rule) => targetNameOf(rule) === 'DNAT');
    const to = dnat === undefined ? null : valueOf(targetOption(dnat, '--to-destination'));
    const address = to?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? '';
    if (address !== '') addresses.add(address);
  }
  return [...addresses];
}
