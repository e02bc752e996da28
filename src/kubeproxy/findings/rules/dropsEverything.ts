/** A rule that drops or rejects all packets where kube-proxy, the kubelet or the node itself has some let through. */
import { lookup } from '../../../text/lookup.ts';
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { guessOwner } from '../../owners.ts';
import { isUnconditional, targetNameOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';
import { endOf } from './walk.ts';

/** Of kube-proxy and the kubelet in table filter: each has a condition at every rule that drops. */
const OWN = [
  'KUBE-FIREWALL',
  'KUBE-FORWARD',
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-PROXY-FIREWALL',
] as const;

/** Base chains that everything to or from the node passes, before what table filter has for those that forward. */
const HOOKS = [
  ['raw', 'PREROUTING'],
  ['raw', 'OUTPUT'],
  ['mangle', 'PREROUTING'],
  ['mangle', 'INPUT'],
  ['mangle', 'FORWARD'],
  ['mangle', 'OUTPUT'],
  ['mangle', 'POSTROUTING'],
  ['filter', 'INPUT'],
  ['filter', 'OUTPUT'],
] as const;

export function dropsEverything(subject: RulesSubject): readonly Finding[] {
  const own = OWN.flatMap((name) => ownDrop(subject, subject.chain('filter', name)));
  return own.length > 0 || !subject.hasKubeProxy
    ? own
    : HOOKS.flatMap(([table, name]) => baseDrop(subject, table, name));
}

function ownDrop(subject: RulesSubject, chain: Chain | null): readonly Finding[] {
  // The chains of refusals are long, and end in a rule that says for what it is.
  const rule = chain?.rules.find((each) => drops(each) && isUnconditional(each));
  if (!chain || rule === undefined) return [];
  return [
    ruleFinding({
      code: 'drops-everything',
      at: subject.at(chain, rule),
      message: `Rule ${rule.index + 1} of ${chain.name} has no condition, so it ${verb(rule)} every packet that comes by${countedWords(rule)}: ${consequence[chain.name] ?? 'pods and node lose their connections'}. kube-proxy and the kubelet write no such rule; most often the other backend of iptables printed a match that it does not know, and something loaded what it printed. Delete the rule, and have all programs of the node use one backend.`,
    }),
  ];
}

const consequence: Readonly<Record<string, string>> = lookup({
  'KUBE-FIREWALL': 'the node answers nobody, and reaches nobody',
  'KUBE-FORWARD': 'no pod reaches another node, nor the outside',
});

function baseDrop(subject: RulesSubject, table: string, name: string): readonly Finding[] {
  const end = endOf(subject, table, name, () => true);
  if (end === 'passes') return [];
  if (end === 'goes on') return byPolicy(subject, subject.chain(table, name));
  const { chain, rule } = end;
  const owner = guessOwner(table, chain.name);
  return [
    ruleFinding({
      code: 'drops-everything',
      at: subject.at(chain, rule),
      message: `Rule ${rule.index + 1} of ${chain.name} in table ${table} has no condition, and nothing before it accepts anything, so ${name} ${verb(rule)} every packet${countedWords(rule)}: what kube-proxy has the node do is never asked. ${owner === null ? 'Delete it' : `It looks like ${owner.name}’s: see what that is set to`}, or put before it what is to get through.`,
    }),
  ];
}

function byPolicy(subject: RulesSubject, chain: Chain | null): readonly Finding[] {
  if (subject.isPart || chain?.declaration?.policy?.text !== 'DROP') return [];
  return [
    ruleFinding({
      code: 'drops-everything',
      at: subject.declarationOf(chain),
      message: `The policy of ${chain.name} in table ${chain.table} is DROP, and no rule accepts anything: ${chain.name === 'OUTPUT' ? 'the node reaches nobody' : 'the node answers nobody, its kubelet neither'}. Accept what is known ("iptables -A ${chain.name} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT") and what is to get in, or set the policy back to ACCEPT.`,
    }),
  ];
}

function drops(rule: Rule): boolean {
  const target = targetNameOf(rule);
  return target === 'DROP' || target === 'REJECT';
}

function verb(rule: Rule): string {
  return targetNameOf(rule) === 'REJECT' ? 'rejects' : 'drops';
}
