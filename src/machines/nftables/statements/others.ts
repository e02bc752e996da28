/** Statements that hand the packet to somebody else, or only look at it. */
import { question } from '../../../kernel/answers.ts';
import { untrack } from '../../../kernel/conntrack/template.ts';
import { ACK_BIT, SYN_BIT } from '../../../kernel/conntrack/tcp.ts';
import { TCP } from '../../../kernel/packet.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import { transparentSocket, transparentSocketAsked } from '../../../kernel/sockets.ts';
import { formatAddress } from '../../../values/address.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type {
  NatStatement,
  QueueStatement,
  Statement,
  SynproxyStatement,
} from '../../../rules/nftables/statements.ts';
import { type RuleContext, ruleWords, type Visit } from '../program/context.ts';
import { intervalOf, operandOf } from '../values/operand.ts';
import { ACCEPT, acting, endBy, type Operation, type Result } from './control.ts';
import { unknownStatement } from './unknown.ts';

export function notrackOperation(statement: Statement): Operation {
  return acting(statement, ({ packet }, done) => {
    untrack(packet);
    if (packet.state === 'UNTRACKED') done.effect = { kind: 'notrack' };
  });
}

/** `reset tcp option sack-perm`: nft_exthdr_tcp_strip_eval. */
export function resetOperation(statement: Statement): Operation {
  return {
    span: statement,
    acts: true,
    why: () => 'the packet is none of TCP',
    run: ({ packet }) => {
      if (packet.protocol !== TCP) return 'break';
      packet.rewrites++;
      return 'next';
    },
  };
}

/** It answers what has SYN itself, also with ACK, and of another ACK it makes an opening of its own; neither packet goes on: nft_synproxy.c. */
export function synproxyOperation(statement: SynproxyStatement | Statement, context: RuleContext): Operation {
  return {
    span: statement,
    acts: true,
    why: () => 'the packet is none of TCP',
    run: ({ packet }): Result => {
      if (packet.protocol !== TCP) return 'break';
      const isOpening = (packet.tcpFlags & SYN_BIT) !== 0;
      if (!isOpening && (packet.tcpFlags & ACK_BIT) === 0) return 'next';
      const reason = isOpening
        ? 'synproxy answers the opening itself, in the server’s place'
        : 'synproxy takes the client’s ACK and opens the connection to the server itself, if the ACK is right';
      return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
    },
  };
}

/** A transparent socket gets the packet as it is; without one the rule does not match: nft_tproxy.c. */
export function tproxyOperation(statement: NatStatement, context: RuleContext): Operation {
  const type = context.family === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const address = statement.address === null ? null : operandOf(statement.address, [type], context);
  const port = statement.port === null ? null : operandOf(statement.port, ['inet_service'], context);
  return {
    span: statement,
    acts: true,
    why: () => 'no transparent socket listens there',
    run: (visit, done) => {
      const { packet, run } = visit;
      if (statement.family !== null && context.family !== (statement.family === 'ip' ? 4 : 6)) return 'break';
      const to = address === null ? 0n : (intervalOf(address(visit)?.[0])?.from ?? null);
      const at = port === null ? 0n : (intervalOf(port(visit)?.[0])?.from ?? null);
      if (to === null || at === null) return 'break';
      const asked = transparentSocketAsked(packet, run, to, Number(at));
      const socket = asked === null ? null : transparentSocket(asked, run, placeText(context.at));
      if (socket === null) return 'break';
      packet.socket = socket;
      const shown = socket.address ?? formatAddress({ family: context.family, value: to });
      done.effect = {
        kind: 'tproxy',
        to: { address: shown, port: socket.port },
        was: packet.mark,
        is: packet.mark,
      };
      return 'next';
    },
  };
}

/**
 * Nobody listens: the kernel drops the packet, or with `bypass` takes it out of this chain as accept does. A program that
 * listens decides; what it lets pass leaves the chain, too: nft_queue.c, nf_queue.c.
 */
export function queueOperation(statement: QueueStatement, context: RuleContext): Operation {
  const queues = statement.to === null ? '0' : printExpression(statement.to);
  const bypass = statement.flags.includes('bypass');
  return {
    span: statement,
    acts: true,
    why: null,
    run: (visit) => queued(visit, { queues, bypass }, context),
  };
}

interface Queue {
  readonly queues: string;
  readonly bypass: boolean;
}

function queued({ packet, run, isNat }: Visit, { queues, bypass }: Queue, context: RuleContext): Result {
  // Any other verdict than ACCEPT ends the nat of a hook: who comes by again is asked again (nf_nat_inet_fn).
  packet.leftNat = isNat;
  const name = `queue ${queues}`;
  const place = placeText(context.at);
  const heard = isListenedTo(queues, run.shared.flow.queues);
  const claim = `a program listens to ${name}`;
  const isHeard =
    heard ?? run.ask(question(`queue:${place}`, 'listener-unknown', `Whether ${claim} is not known.`, claim));
  if (!isHeard) {
    if (bypass) return { effect: { kind: 'accept' }, control: ACCEPT };
    const reason = `no program listens to ${name}`;
    return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
  }
  const passes = run.ask(
    question(
      `nfqueue:${place}`,
      'queue-program',
      `${ruleWords(context)} asks the program at ${name}; what it decides is not known.`,
      `the program at ${name} lets the packet pass as it is`,
    ),
  );
  const effect = { kind: 'unknown', target: 'queue' } as const;
  if (passes) return { effect, control: ACCEPT };
  return { effect, control: endBy(context, 'unknown', null, `the program at ${name} decides`) };
}

/** Of several queues the flow's hash picks one (nfqueue_hash): null where some have a listener, or which ones there are is not known. */
function isListenedTo(queues: string, listening: readonly number[] | undefined): boolean | null {
  if (listening === undefined) return null;
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(queues) ?? [];
  if (from === undefined) return listening.length === 0 ? false : null;
  const span = Number(to) - Number(from) + 1;
  const heard = new Set(listening.filter((each) => Number(from) <= each && each <= Number(to))).size;
  if (heard === 0) return false;
  return heard === span ? true : null;
}

/**
 * `flow add @fast`: what has begun already goes around the rules from then on; a connection that is new, and what has
 * none, does not match (nft_flow_offload_eval).
 */
export function flowOperation(statement: Statement, context: RuleContext): Operation {
  const open = unknownStatement(
    statement,
    context,
    'flow add',
    'behind which later packets go around the rules',
  );
  return {
    ...open,
    why: () => 'only a connection that has begun is taken out of the rules',
    run: (visit, done) => (visit.packet.connection?.confirmed === true ? open.run(visit, done) : 'break'),
  };
}
