/** What kube-proxy takes for the network of pods (--cluster-cidr) is not where the pods are. */
import type { Network } from '../../../values/address.ts';
import { readNetwork } from '../../../values/networks.ts';
import { either } from '../../narrative/words.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { podNetworkOf } from '../../podNetwork.ts';
import type { Finding } from '../finding.ts';
import { dispatchesOf } from './dispatches.ts';
import { covers, type KnownNetwork, overlap, ownPodNetworks } from './podAddresses.ts';
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
          message: `${chain.name} takes ${text} for the network of pods, and the chains of other Services take ${most[0]}: what pods send to ${title} is masqueraded where it need not be, or what others send is not. Somebody has edited the rule; restart kube-proxy on the node, which writes it anew.`,
        }),
      ];
    }),
  );
}

function mismatch(subject: RulesSubject): readonly Finding[] {
  const cidr = podNetworkOf(subject.ruleset);
  if (cidr === null || cidr.network.family !== subject.family) return [];
  const own = ownPodNetworks(subject);
  const wrong = own.filter(({ network }) => !covers(cidr.network, network));
  if (own.length > 0) return wrong.length === 0 ? [] : [found(subject, cidr.text, wordsOf(wrong), null)];
  const { inside, some } = endpointsIn(subject, cidr.network);
  if (some.length < FEW_ENDPOINTS || inside > 0) return [];
  return [
    found(
      subject,
      cidr.text,
      `none of the endpoints that were looked at is in it (${some.slice(0, MOST_NAMED).join(', ')} …)`,
      'most endpoints are pods of the cluster',
    ),
  ];
}

const FEW_ENDPOINTS = 3;
const MOST_NAMED = 2;
/** More tell nothing new. */
const MOST_ENDPOINTS = 200;

function wordsOf(wrong: readonly KnownNetwork[]): string {
  return either(
    wrong.map(({ text, by }) => `pods of this node are in ${text} (${by})`),
    'and',
  );
}

function found(subject: RulesSubject, cidr: string, what: string, assumes: string | null): Finding {
  const place = firstUse(subject, cidr);
  return ruleFinding({
    code: 'cluster-cidr-mismatch',
    at: place,
    assumes,
    message: `kube-proxy takes ${cidr} for the network of pods, and ${what}: what pods send to Services is masqueraded, so that endpoints see the node’s address and network policies by Pod do not fit, and what others send from ${cidr} is not. Set --cluster-cidr (clusterCIDR in the ConfigMap kube-proxy) to the network that the network plugin gives to pods.`,
  });
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

/** Addresses of some endpoints, each once, and how many of them are in a network. */
function endpointsIn(
  subject: RulesSubject,
  network: Network,
): { readonly inside: number; readonly some: readonly string[] } {
  const addresses = new Set<string>();
  for (const [name, chain] of subject.table('nat')?.chains ?? []) {
    if (addresses.size >= MOST_ENDPOINTS) break;
    if (!name.startsWith('KUBE-SEP-')) continue;
    const dnat = chain.rules.find((rule) => targetNameOf(rule) === 'DNAT');
    const to = dnat === undefined ? null : valueOf(targetOption(dnat, '--to-destination'));
    const address = to?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? '';
    if (address !== '') addresses.add(address);
  }
  const some = [...addresses];
  const inside = some.filter((address) => {
    const read = readNetwork(address, subject.family);
    return read.kind === 'value' && overlap(network, read.value);
  });
  return { inside: inside.length, some };
}
