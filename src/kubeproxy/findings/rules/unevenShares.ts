/** A Service port whose endpoints do not get equal parts of its connections, or whose connections fall through to none. */
import type { Chain } from '../../../rules/iptables/nodes.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { largest } from '../../../text/lists.ts';
import { percent } from '../../words/percent.ts';
import type { Finding } from '../finding.ts';
import { doublesIn } from './duplicateRules.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** Of chains that share by chance alone. One finding for each chain. */
export function unevenShares(subject: RulesSubject): readonly Finding[] {
  if (subject.isPart) return [];
  const { others } = regularChains(subject.ruleset, subject.table('nat'));
  return others
    .filter(({ name }) => /^KUBE-(?:SVC|SVL|XLB)-/.test(name))
    .flatMap((chain) => found(subject, chain));
}

/** kube-proxy up to 1.14 wrote five digits. */
const TOLERANCE = 0.0005;

function found(subject: RulesSubject, chain: Chain): readonly Finding[] {
  const { byChain, rules, rest } = subject.sharesOf(chain);
  // Those that only a remembered client gets to are no part of the sharing.
  const shares = [...byChain].filter(([target]) => rules.has(target));
  const known = shares.flatMap(([, share]) => share ?? []);
  if (known.length === 0 || known.length < shares.length || rest === null) return [];
  const most = largest(known, 0);
  const least = -largest(
    known.map((share) => -share),
    -1,
  );
  const isEven = most - least <= TOLERANCE;
  // What stands there twice is told as that.
  if ((isEven && rest <= TOLERANCE) || doublesIn(subject, chain).length > 0 || !subject.isJumpedTo(chain))
    return [];
  const [worst] = shares.find(([, share]) => share === (rest > TOLERANCE ? known.at(-1) : most)) ?? [];
  const rule = rules.get(worst ?? '') ?? chain.rules[0];
  const service = subject.serviceOf(chain.name);
  const title = service ?? chain.name;
  const what =
    rest > TOLERANCE
      ? `${percent(rest)} of the new connections to ${title} fall through ${chain.name} and reach no endpoint: its last rule has a probability too, or is missing`
      : `The endpoints of ${title} do not share evenly: one gets ${percent(most)} of the new connections, another one ${percent(least)}`;
  return [
    ruleFinding({
      code: 'uneven-shares',
      at: rule === undefined ? subject.declarationOf(chain) : subject.at(chain, rule),
      service,
      message: `${what}. kube-proxy gives each of n endpoints the same part: 1/n, 1/(n-1) … and the last one what is left. Somebody has edited the rules, or added and removed some; restart kube-proxy on the node, which writes them anew.`,
    }),
  ];
}
