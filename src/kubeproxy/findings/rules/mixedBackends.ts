/** Kubernetes' rules in both backends of iptables: kube-proxy's in one, and its own or the kubelet's in the other one. */
import { plural } from '../../narrative/words.ts';
import type { OtherRule } from '../../mode/otherRules.ts';
import type { Source } from '../../sources.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

const SO =
  'packets pass the rules of both, what one program writes the other one does not see, and neither removes what the other one left';
const CURE =
  'Have kube-proxy, the kubelet, the network plugin and the node use one backend ("iptables -V" says which), then flush the tables of the other one or restart the node.';

export function mixedBackends(subject: RulesSubject): readonly Finding[] {
  const others = subject.parts.otherRules[subject.family];
  return [
    ...others.flatMap((other) => (other.kind === 'backend' ? besides(subject, other) : [])),
    ...(others.some(({ kind }) => kind === 'warning') ? warnedOf(subject) : []),
  ];
}

/** The rules of the other backend are here too. */
function besides(
  subject: RulesSubject,
  { backend, chains, file }: Extract<OtherRule, { kind: 'backend' }>,
): readonly Finding[] {
  const own = kubeChains(subject.source);
  const theirs = [...chains].filter((name) => name.startsWith('KUBE-'));
  if (own.length === 0 || theirs.length === 0) return [];
  const both = chains.has('KUBE-SERVICES') && own.includes('KUBE-SERVICES');
  const what = both
    ? `kube-proxy's Services stand in both backends of iptables, here and in ${file} (${backend})`
    : `Chains of Kubernetes stand in both backends of iptables: ${plural(own.length, 'chain')} here, ${plural(theirs.length, 'chain')} with rules in ${file} (${backend})${servicesWords(own, chains)}`;
  return [found(subject, `${what}: ${SO}. ${CURE}`)];
}

function servicesWords(own: readonly string[], theirs: ReadonlySet<string>): string {
  if (own.includes('KUBE-SERVICES')) return ', and those of Services are here';
  return theirs.has('KUBE-SERVICES') ? ', and those of Services are there' : '';
}

/** Of the legacy backend only the warning of `iptables-save` is known. Tables alone do no harm: they come with a first `iptables-legacy -L`. */
function warnedOf(subject: RulesSubject): readonly Finding[] {
  const own = kubeChains(subject.source);
  if (own.length === 0) return [];
  if (!own.includes('KUBE-SERVICES')) {
    return [
      found(
        subject,
        `These are the rules of one backend of iptables (nf_tables): they have chains of Kubernetes (${own.slice(0, MOST_NAMED).join(', ')}) and no Service of kube-proxy’s, and the legacy backend has tables too, which hold them: ${SO}. See them with "iptables-legacy-save". ${CURE}`,
        'the tables of the legacy backend hold the Services of kube-proxy',
      ),
    ];
  }
  return [
    {
      ...found(
        subject,
        `The legacy backend of iptables has tables too, which are not in these: where they hold rules, packets pass those as well. See them with "iptables-legacy-save".`,
      ),
      severity: 'information',
    },
  ];
}

const MOST_NAMED = 3;

function found(subject: RulesSubject, message: string, assumes: string | null = null): Finding {
  const nat = subject.chain('nat', 'KUBE-SERVICES') ?? firstKubeChain(subject.source);
  return ruleFinding({ code: 'mixed-backends', at: subject.declarationOf(nat), message, assumes });
}

function firstKubeChain({ ruleset }: Source): Parameters<RulesSubject['declarationOf']>[0] {
  for (const { chains } of ruleset.tables) {
    for (const chain of chains.values()) if (isKube(chain.name)) return chain;
  }
  return null;
}

function kubeChains({ ruleset }: Source): readonly string[] {
  const names = ruleset.tables.flatMap(({ chains }) =>
    [...chains.values()].filter(({ name }) => isKube(name)),
  );
  return [...new Set(names.map(({ name }) => name))];
}

/** Those of kube-router and of container runtimes are called alike, and are none of kube-proxy’s. */
function isKube(name: string): boolean {
  return name.startsWith('KUBE-') && !/^KUBE-(?:ROUTER|POD-FW|NWPLCY|SRC-|DST-|HOSTPORTS|HP-)/.test(name);
}
