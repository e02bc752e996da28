/** Two Services at one address and port: the first rule wins, whichever Service it is of (k/k #69599). */
import { groupBy } from '../../../text/groupBy.ts';
import { joinHostPort } from '../../../values/hostPort.ts';
import { placeKey } from '../../modes/iptables/portDraft.ts';
import { splitPortName } from '../../services/portName.ts';
import type { Finding } from '../finding.ts';
import { type Dispatch, dispatchesOf, nameOf } from './dispatches.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

interface Conflict {
  readonly loser: Dispatch;
  readonly winner: Dispatch;
}

/** One for each Service that loses. */
export function frontendConflict(subject: RulesSubject): readonly Finding[] {
  const known = new Map<string, Dispatch[]>();
  const conflicts: Conflict[] = [];
  for (const each of dispatchesOf(subject.ruleset)) {
    const key = placeKey(each.address, each.port, each.protocol);
    const before = known.get(key);
    if (before === undefined) known.set(key, [each]);
    else {
      const winner = before.find((other) => other.to.suffix !== each.to.suffix && takesAll(other));
      if (winner === undefined) before.push(each);
      else conflicts.push({ loser: each, winner });
    }
  }
  return [...groupBy(conflicts, ({ loser }) => serviceOf(loser)).values()].flatMap((each) =>
    found(subject, each),
  );
}

/** A rule for some of the packets alone leaves the others to the next one: `-d 127.0.0.0/8`, up to 1.20 `! --physdev-is-in`. */
function takesAll({ rule, chain }: Dispatch): boolean {
  const others = rule.general.filter(({ definition }) => !['-d', '-p'].includes(definition?.name ?? ''));
  const matches = rule.matches.filter(({ name }) => !PLAIN.has(name.text));
  const isEverywhere =
    chain.name !== 'KUBE-NODEPORTS' || rule.general.every(({ definition }) => definition?.name !== '-d');
  return others.length === 0 && matches.length === 0 && isEverywhere;
}

const PLAIN: ReadonlySet<string> = new Set(['comment', 'tcp', 'udp', 'sctp', 'nfacct']);

/** `shop/web`; the chain where nothing names the Service. */
function serviceOf(dispatch: Dispatch): string {
  const name = splitPortName(nameOf(dispatch) ?? '');
  return name === null ? dispatch.target : `${name.namespace}/${name.service}`;
}

function found(subject: RulesSubject, conflicts: readonly Conflict[]): readonly Finding[] {
  const [first] = conflicts;
  if (first === undefined) return [];
  const { loser, winner } = first;
  const names = new Set(conflicts.map((each) => nameOf(each.loser)));
  const name = nameOf(loser);
  const service = name === null ? null : names.size === 1 ? name : serviceOf(loser);
  const winners = [...new Set(conflicts.map((each) => nameOf(each.winner) ?? each.winner.target))];
  const more = conflicts.length > 1 ? `, and so do ${conflicts.length - 1} more of its frontends` : '';
  return [
    ruleFinding({
      code: 'frontend-conflict',
      at: subject.at(loser.chain, loser.rule),
      service,
      message: `${nameOf(loser) ?? loser.target} gets nothing at ${placeOf(loser)}: rule ${winner.rule.index + 1} of ${winner.chain.name} hands it to ${winners.join(', ')} before${more}. Clients reach the other Service. Give one of the two another address or port.`,
      related: conflicts.slice(0, MOST_RELATED).map((each) => ({
        at: subject.at(each.winner.chain, each.winner.rule),
        message: `Takes ${placeOf(each.winner)} for ${nameOf(each.winner) ?? each.winner.target}.`,
      })),
    }),
  ];
}

const MOST_RELATED = 10;

function placeOf({ address, port, protocol }: Dispatch): string {
  const place = address === null ? `node port ${port}` : joinHostPort(address, port);
  return `${place}/${protocol.toUpperCase()}`;
}
