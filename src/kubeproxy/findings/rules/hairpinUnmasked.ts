/** Endpoints that cannot reach themselves through their Service, for want of the rule that marks their own packets. */
import type { Chain } from '../../../rules/iptables/nodes.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import { normalAddress } from '../../../values/address.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { generalOption, hostOf, targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { plural } from '../../narrative/words.ts';
import { ruleFinding } from './ruleFinding.ts';
import { byPort, type ChainsOfPort } from './serviceChains.ts';
import type { RulesSubject } from './subject.ts';

/** One for each Service port. Where nothing is marked at all the rules are no whole ones of kube-proxy's. */
export function hairpinUnmasked(subject: RulesSubject, before: readonly Finding[]): readonly Finding[] {
  if (subject.isPart || subject.rules('nat', 'KUBE-MARK-MASQ').length === 0) return [];
  const { others } = regularChains(subject.ruleset, subject.table('nat'));
  const unmarked = others.filter(
    (chain) => chain.name.startsWith('KUBE-SEP-') && isUnmarked(chain) && subject.isJumpedTo(chain),
  );
  return byPort(
    subject,
    unmarked.filter((chain) => !isRenamed(chain, before)),
  ).flatMap((each) => found(subject, each));
}

/** An endpoint that was given another address is told as that. */
function isRenamed({ name }: Chain, before: readonly Finding[]): boolean {
  const mismatches = before.filter(({ code }) => code === 'hash-mismatch');
  const places = mismatches.flatMap(({ at, related }) => [at, ...related.map((each) => each.at)]);
  return places.some((at) => at !== null && 'chain' in at && at.chain === name);
}

function isUnmarked({ rules }: Chain): boolean {
  const dnat = rules.findIndex((rule) => targetNameOf(rule) === 'DNAT');
  if (dnat === -1) return false;
  const own = addressOf(rules[dnat]);
  return !rules.slice(0, dnat).some((rule) => {
    if (targetNameOf(rule) !== 'KUBE-MARK-MASQ') return false;
    const source = generalOption(rule, '-s');
    return source === null || normalAddress(hostOf(source) ?? '') === own;
  });
}

function addressOf(rule: Chain['rules'][number] | undefined): string {
  if (rule === undefined) return '';
  return normalAddress(readHostPort(valueOf(targetOption(rule, '--to-destination')) ?? '').address);
}

function found(subject: RulesSubject, { service, title, chains }: ChainsOfPort): readonly Finding[] {
  const [first] = chains;
  const dnat = first?.rules.find((rule) => targetNameOf(rule) === 'DNAT');
  if (first === undefined || dnat === undefined) return [];
  const own = valueOf(targetOption(dnat, '--to-destination')) ?? '';
  const which =
    chains.length === 1 ? `endpoint ${own}` : `${plural(chains.length, 'endpoint')}, one of them ${own},`;
  return [
    ruleFinding({
      code: 'hairpin-unmasked',
      at: subject.declarationOf(first),
      service,
      message: `${first.name} has no rule "-s ${addressOf(dnat)} -j KUBE-MARK-MASQ" before it translates: when ${which} of ${title} connects to its own Service and is balanced to itself, it gets a packet from its own address and drops it; such connections hang now and then. Restart kube-proxy on the node, which writes the rule anew.`,
      related: chains.slice(1, MOST_RELATED).flatMap((chain) => {
        const at = subject.declarationOf(chain);
        return at === null ? [] : [{ at, message: 'Not marked here either.' }];
      }),
    }),
  ];
}

const MOST_RELATED = 10;
