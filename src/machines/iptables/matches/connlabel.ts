import { optionNamed } from '../../../rules/iptables/names.ts';
import { ConnectionLabels, labelAsked } from '../../../kernel/conntrack/labels.ts';
import { type MatchCompiler, unknownMatch, valueOf, whole } from './match.ts';

/** `-m connlabel --label 3 --set`: xt_connlabel.c. A connection begins without labels. */
export const connlabel: MatchCompiler = (match, context) => {
  const option = optionNamed(match.options, '--label');
  if (option === null) return unknownMatch(match, context);
  const label = valueOf(option);
  const negated = option.negation !== null;
  const sets = optionNamed(match.options, '--set') !== null;
  return whole(
    match,
    ({ connection, template }, run) => {
      // A template has no labels, and gets none.
      if (connection === null || template !== null) return negated;
      const labels = run.state(ConnectionLabels);
      const has = labels.has(connection, label) || (connection.confirmed && run.ask(labelAsked(label)));
      if (sets) labels.add(connection, label);
      return (has || sets) !== negated;
    },
    () => (negated ? `the connection has label ${label}` : `the connection has no label ${label}`),
    { stateful: true, leavesTrace: sets },
  );
};
