import { optionNamed } from '../../../rules/iptables/names.ts';
import { presume } from '../../../kernel/answers.ts';
import type { Connection } from '../../../kernel/conntrack/connection.ts';
import type { Run } from '../../../kernel/run.ts';
import { ConnectionLabels } from '../state/connectionLabels.ts';
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
      const has = labels.has(connection, label) || wasLabelled(connection, label, run);
      if (sets) labels.add(connection, label);
      return (has || sets) !== negated;
    },
    () => (negated ? `the connection has label ${label}` : `the connection has no label ${label}`),
    { stateful: true, leavesTrace: sets },
  );
};

/** Of a connection that was there before this trace. */
function wasLabelled(connection: Connection, label: string, run: Run): boolean {
  if (!connection.confirmed) return false;
  const message = `Connections are taken to have no label ${label} but what this trace gives them: a snapshot does not tell.`;
  const asked = presume(
    false,
    `connlabel:${label}`,
    'label-assumed',
    message,
    `the connection has label ${label}`,
  );
  return run.ask(asked);
}
