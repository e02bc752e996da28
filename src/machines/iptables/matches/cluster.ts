import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { jhash, scaled, swapped, wordsOf } from '../../../values/jhash.ts';
import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import { type MatchCompiler, ruleWords, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

/**
 * `-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 0xdeadbeef`: xt_cluster.c. A hash of who
 * opened the connection, on a processor with the low byte first, as x86 and arm64 are.
 */
export const cluster: MatchCompiler = (match, context) => {
  const total = numberOf(match, '--cluster-total-nodes');
  const seed = numberOf(match, '--cluster-hash-seed');
  const own = membersOf(match);
  if (total === null || total === 0 || seed === null || own === null) return unknownMatch(match, context);
  return whole(
    match,
    ({ family, connection, template }): Answer => {
      // Without a connection, or with a template of one, nothing matches, negated or not.
      if (connection === null || template !== null) return false;
      if (connection.sourceUnknown) {
        const claim = `the connection falls to this member of the cluster`;
        const message = `${ruleWords(context)} asks whether ${claim}; its source is not known.`;
        return question(`cluster:${seed}:${total}:${own.members}`, 'source-unknown', message, claim);
      }
      // Of an IPv6 address the kernel hashes the first word alone.
      const [word = 0] = wordsOf(connection.original.source, family === 4 ? 1 : 4);
      const hash = jhash([swapped(word)], seed);
      return ((own.members >>> scaled(hash, total)) & 1) === (own.negated ? 0 : 1);
    },
    () => 'the connection falls to another member of the cluster',
  );
};

/** The members that the rule is for, as bits. */
function membersOf(match: Match): { readonly members: number; readonly negated: boolean } | null {
  const one = numberOf(match, '--cluster-local-node');
  const members =
    one === null ? numberOf(match, '--cluster-local-nodemask') : one > 0 ? (1 << (one - 1)) >>> 0 : null;
  const option = match.options.find(({ negation }) => negation !== null);
  return members === null ? null : { members, negated: option !== undefined };
}

function numberOf(match: Match, name: string): number | null {
  const option = optionNamed(match.options, name);
  return option === null ? null : valueIn(readNumber(valueOf(option), MAX_32));
}
