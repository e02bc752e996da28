/** Rules of kube-proxy that were loaded by halves: Services lead to chains that are empty, or not there (k/k #68447, #112292). */
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset } from '../../../rules/iptables/nodes.ts';
import { plural } from '../../narrative/words.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { chainNamed } from '../../rulesets.ts';
import { matchNamed, targetNameOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { dispatchesOf } from './dispatches.ts';
import { ruleFinding } from './ruleFinding.ts';
import { byPort } from './serviceChains.ts';
import type { RulesSubject } from './subject.ts';

const CURE =
  'The log of kube-proxy on the node says why ("Failed to execute iptables-restore"); until then no change of Services or endpoints gets into the rules.';

/** One for all that is empty: one restore that failed makes all of it. */
export function rulesFrozen(subject: RulesSubject): readonly Finding[] {
  const nat = subject.table('nat');
  if (subject.isPart || nat === null || subject.parts.mode[subject.family].mode !== 'iptables') return [];
  const { others, regular } = regularChains(subject.ruleset, nat);
  if (others.length === 0 && regular.size === 0) return noServices(subject);
  const isFlushed = flushed(subject, others.length + regular.size);
  if (isFlushed !== null) return [isFlushed];
  const broken = [
    ...others.filter((chain) => leadsNowhere(subject, chain) && subject.isJumpedTo(chain)),
    ...absent(subject),
  ];
  const [first] = broken;
  if (first === undefined) return [];
  const ports = byPort(subject, broken);
  const names = new Set(ports.map(({ service }) => service));
  const service = names.size === 1 ? (ports[0]?.service ?? null) : null;
  const whose =
    ports.length === 1
      ? ports[0]?.title
      : `${plural(ports.length, 'Service port')}, one of them ${ports[0]?.title ?? ''}`;
  return [
    ruleFinding({
      code: 'rules-frozen',
      at: subject.declarationOf(first) ?? subject.declarationOf(subject.chain('nat', 'KUBE-SERVICES')),
      service,
      message: `kube-proxy's rules were loaded by halves: ${plural(broken.length, 'chain')} of ${whose ?? ''} that rules lead to ${broken.length === 1 ? 'translates' : 'translate'} nothing (${broken
        .slice(0, MOST_NAMED)
        .map(({ name }) => name)
        .join(
          ', ',
        )}${broken.length > MOST_NAMED ? ' …' : ''}). What gets there goes on as it came: to the endpoints of rules behind, and where there are none it fails or hangs. ${CURE}`,
      related: broken.slice(1, MOST_RELATED).flatMap((chain) => {
        const at = subject.declarationOf(chain);
        return at === null ? [] : [{ at, message: `Nothing is translated in ${chain.name}.` }];
      }),
    }),
  ];
}

/** Null where KUBE-SERVICES leads to a Service. `count`: chains of Services and endpoints that are there. */
function flushed(subject: RulesSubject, count: number): Finding | null {
  const chain = subject.chain('nat', 'KUBE-SERVICES');
  if (chain === null || !subject.isJumpedTo(chain)) return null;
  if (chain.rules.some((rule) => readFamilyChain(targetNameOf(rule) ?? '') !== null)) return null;
  return ruleFinding({
    code: 'rules-frozen',
    at: subject.declarationOf(chain),
    message: `KUBE-SERVICES of table nat leads to no Service, and ${plural(count, 'chain')} of Services and endpoints that kube-proxy has written ${count === 1 ? 'hangs' : 'hang'} nowhere: what is sent to Services is not translated on this node. Somebody has flushed it, or a restore failed. Restart kube-proxy on the node, which writes its rules anew; if it does not get them loaded, its log says why.`,
  });
}

const MOST_NAMED = 3;
const MOST_RELATED = 10;

/**
 * Every cluster has the Service default/kubernetes, in one family: its kube-proxy has there at least one chain, or a refusal. It
 * keeps its chains of the other family without a Service where all Services are of the first, as in most clusters of IPv4.
 */
function noServices(subject: RulesSubject): readonly Finding[] {
  const chain = subject.chain('nat', 'KUBE-SERVICES');
  if (subject.family !== 4 || chain === null || !subject.isJumpedTo(chain)) return [];
  const other = subject.parts.sources.followed(6)?.ruleset ?? null;
  if (
    refusesSome(subject.ruleset) ||
    (other !== null && (dispatchesOf(other).length > 0 || refusesSome(other)))
  )
    return [];
  const whose =
    other === null
      ? 'no Service works on this node, unless all of its cluster are of IPv6'
      : 'no Service works on this node';
  return [
    ruleFinding({
      code: 'rules-frozen',
      at: subject.declarationOf(chain),
      message: `kube-proxy has its chains here and no Service in them, not even default/kubernetes: ${whose}. It has just started, or does not get its rules loaded. ${CURE}`,
    }),
  ];
}

/** Whether Services without endpoints are refused. */
function refusesSome(ruleset: Ruleset): boolean {
  return ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES'].some(
    (name) => (chainNamed(ruleset, 'filter', name)?.rules.length ?? 0) > 0,
  );
}

/** Chains that a packet leaves as it came. An entry for a local policy may, where no endpoint is here. */
function leadsNowhere(subject: RulesSubject, chain: Chain): boolean {
  const { name, rules } = chain;
  const kind = readFamilyChain(name)?.kind;
  if (rules.length === 0) return true;
  if (kind === 'sep') return !rules.some((rule) => TRANSLATES.has(targetNameOf(rule) ?? ''));
  if (kind !== 'svc' && kind !== 'svl') return false;
  const texts = textsOf(subject.ruleset, chain);
  if (texts.some((line) => BALANCES.test(line) && !line.includes('-m recent '))) return false;
  // A listing, or a rule by hand, may be written in another order.
  return !rules.some((rule) => {
    const target = targetNameOf(rule) ?? '';
    const isThere = target !== 'KUBE-MARK-MASQ' && subject.chain('nat', target) !== null;
    return isThere && matchNamed(rule, 'recent') === null;
  });
}

/** A jump to an endpoint, at the end of the line. */
const BALANCES = / -j KUBE-SEP-[A-Z2-7]{16}$/;

const TRANSLATES: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'NETMAP', 'TPROXY']);

/** Chains of Services and endpoints that rules lead to and that are not there, as if they had no rules. */
function absent(subject: RulesSubject): readonly Chain[] {
  const { text } = subject.ruleset;
  const { others } = regularChains(subject.ruleset, subject.table('nat'));
  const names = new Set<string>();
  const look = (target: string): void => {
    if (subject.chain('nat', target) === null && readFamilyChain(target) !== null) names.add(target);
  };
  for (const { target } of dispatchesOf(subject.ruleset)) look(target);
  for (const { rules } of others) {
    for (const rule of rules) look(LAST_WORD.exec(text.slice(rule.start, rule.end))?.[0] ?? '');
  }
  return [...names].map((name) => ({ name, table: 'nat', declaration: null, rules: [] }));
}

/** `… -j KUBE-SEP-X` → the chain. Rules of kube-proxy end in their target. */
const LAST_WORD = /[\w-]+$/;
