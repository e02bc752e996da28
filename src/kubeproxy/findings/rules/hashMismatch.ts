/** Chains whose name is not the hash of what their rules say that they are for: rules that were edited, or put together out of two nodes'. */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import type { Steps } from '../../../values/steps.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import { endpointSuffix, serviceSuffix, servicePortSpellings } from '../../modes/iptables/hashes.ts';
import { readServiceComment } from '../../modes/iptables/comments.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { commentOf, protocolOf, targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { dispatchesOf, nameOf } from './dispatches.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** What a rule says, and its chain's name does not. */
interface Mismatch {
  readonly chain: Chain;
  readonly rule: Rule;
  readonly name: string;
  /** The chain that is called wrongly. */
  readonly called: string;
  /** What it is said to be for: `shop/web:http over tcp`. */
  readonly words: string;
}

class Tally {
  right = 0;
  readonly wrong: Mismatch[] = [];
}

/**
 * One for each Service port. Nothing where most names are no such hash: another program made them, or somebody has replaced
 * the names of Services before he showed the rules.
 */
export function* hashMismatch(subject: RulesSubject): Steps<readonly Finding[]> {
  const tally = new Tally();
  yield* lookAtServices(subject, tally);
  yield* lookAtEndpoints(subject, tally);
  if (tally.wrong.length > tally.right) return [];
  const told = new Set<string>();
  return tally.wrong.flatMap((each) => {
    const others = tally.wrong.filter((other) => other.name === each.name);
    if (told.has(each.name)) return [];
    told.add(each.name);
    return [found(subject, each, others.slice(1))];
  });
}

const LOOKS_PER_STEP = 200;

function* lookAtServices({ ruleset }: RulesSubject, tally: Tally): Steps<void> {
  const known = new Set<string>();
  for (const each of dispatchesOf(ruleset)) {
    const name = nameOf(each);
    const key = `${name ?? ''} ${each.protocol} ${each.to.suffix}`;
    if (name === null || known.has(key)) continue;
    known.add(key);
    if (known.size % LOOKS_PER_STEP === 0) yield;
    if (
      servicePortSpellings(name).some((spelling) => serviceSuffix(spelling, each.protocol) === each.to.suffix)
    )
      tally.right++;
    else {
      const { chain, rule, target: called, protocol } = each;
      tally.wrong.push({ chain, rule, name, called, words: `${name} over ${protocol.toUpperCase()}` });
    }
  }
}

/** kube-proxy names the Service in its chains of endpoints up to some 1,000 endpoints; without the name there is nothing to compare. */
function* lookAtEndpoints(subject: RulesSubject, tally: Tally): Steps<void> {
  let looked = 0;
  for (const [chainName, chain] of subject.table('nat')?.chains ?? []) {
    if (!chainName.startsWith('KUBE-SEP-')) continue;
    const suffix = readFamilyChain(chainName)?.suffix;
    const last = chain.rules.at(-1);
    if (suffix === undefined || last === undefined || targetNameOf(last) !== 'DNAT') continue;
    const name = readServiceComment(commentOf(last))?.name;
    const protocol = protocolOf(last);
    const to = valueOf(targetOption(last, '--to-destination')) ?? '';
    if (name === undefined || protocol === null || readHostPort(to).port === null) return;
    if (++looked % LOOKS_PER_STEP === 0) yield;
    if (servicePortSpellings(name).some((spelling) => endpointSuffix(spelling, protocol, to) === suffix))
      tally.right++;
    else tally.wrong.push({ chain, rule: last, name, called: chainName, words: `endpoint ${to} of ${name}` });
  }
}

function found(
  subject: RulesSubject,
  { chain, rule, name, called, words }: Mismatch,
  others: readonly Mismatch[],
): Finding {
  const more = others.length === 0 ? '' : ` So it is with ${others.length} more chains of it.`;
  return ruleFinding({
    code: 'hash-mismatch',
    at: subject.at(chain, rule),
    service: name.endsWith(':') ? name.slice(0, -1) : name,
    message: `The rule says that ${called} is for ${words}, and kube-proxy calls that chain otherwise: somebody has edited the rules, or they are put together from two nodes.${more} kube-proxy does not see what it did not write, and such a rule goes when the Service changes next. Restart kube-proxy to have the rules written anew.`,
    related: others.slice(0, MOST_RELATED).map((each) => ({
      at: subject.at(each.chain, each.rule),
      message: `Said to be for ${each.words}.`,
    })),
  });
}

const MOST_RELATED = 10;
