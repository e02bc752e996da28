/** Rules of NodeLocal DNSCache for addresses that the node does not have: who asks there gets no answer. */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { contains, formatAddress, type Network, parseAddress } from '../../../values/address.ts';
import { destinationAddressOf, destinationPortOf } from '../../words/ruleView.ts';
import { either, firstFew } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { dispatchesOf, nameOf } from './dispatches.ts';
import { isForNodeLocalDns, untracks } from './replyUntracked.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** One for all of its addresses. node-cache puts them on the interface nodelocaldns, and takes its rules away when it ends in order. */
export function nodeLocalDnsMissing(subject: RulesSubject): readonly Finding[] {
  const { interfaces } = subject.parts.node;
  const raw = subject.table('raw');
  if (interfaces === null || raw === null) return [];
  const own = new Set(
    [...interfaces.values()].flatMap(({ addresses }) =>
      addresses.map(({ address }) => formatAddress(address)),
    ),
  );
  const missing = new Map<string, { readonly chain: Chain; readonly rule: Rule }>();
  for (const chain of raw.chains.values())
    for (const rule of chain.rules) {
      const address = dnsAddressOf(rule);
      if (address !== null && !own.has(address) && !missing.has(address))
        missing.set(address, { chain, rule });
    }
  const [first] = missing.values();
  return first === undefined ? [] : [found(subject, [...missing.keys()], first)];
}

const DNS = 53;
/** 169.254.0.0/16 */
const LINK_LOCAL: Network = { family: 4, value: 0xa9fe0000n, mask: 0xffff0000n };

/** The one address at which such a rule lets queries past conntrack; null for any other rule. */
function dnsAddressOf(rule: Rule): string | null {
  if (!untracks(rule) || destinationPortOf(rule) !== DNS) return null;
  const address = parseAddress(destinationAddressOf(rule) ?? '');
  if (address === null) return null;
  return isForNodeLocalDns(rule) || contains(LINK_LOCAL, address) ? formatAddress(address) : null;
}

function found(
  subject: RulesSubject,
  addresses: readonly string[],
  { chain, rule }: { readonly chain: Chain; readonly rule: Rule },
): Finding {
  const service = serviceAt(subject, addresses);
  const others = addresses.filter((each) => service === null || each !== service.address);
  const asks =
    service === null
      ? ''
      : `; what is sent to ${service.address}, the cluster IP of ${service.name}, passes conntrack and is not translated either`;
  return ruleFinding({
    code: 'node-local-dns-missing',
    at: subject.at(chain, rule),
    message: `The rules of NodeLocal DNSCache are for ${either(addresses, 'and')}, and no interface of this node has ${addresses.length === 1 ? 'that address' : 'these addresses'}: Pods that ask ${firstFew(others.length === 0 ? addresses : others)} for names get no answer${asks}. Look at the Pod of node-local-dns on this node (kubectl get pods -n kube-system -l k8s-app=node-local-dns -o wide); where it is not meant to run here, delete its rules, and name the cluster DNS in the kubelet’s clusterDNS.`,
  });
}

function serviceAt(
  subject: RulesSubject,
  addresses: readonly string[],
): { readonly address: string; readonly name: string } | null {
  for (const each of dispatchesOf(subject.ruleset)) {
    const address = each.address === null ? null : addresses.find((own) => own === each.address);
    const name = nameOf(each);
    if (address != null && name !== null) return { address, name };
  }
  return null;
}
