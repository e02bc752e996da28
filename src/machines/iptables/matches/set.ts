import type { Match } from '../../../rules/iptables/nodes.ts';
import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import { readSetDirections } from '../../../rules/iptables/values/sets.ts';
import { type Answer, presume, question } from '../../../kernel/answers.ts';
import { formatEndpoint } from '../../../kernel/endpoint.ts';
import { type SetDirection, testSet } from '../../../kernel/node/ipset.ts';
import { endpointOf } from '../../../kernel/endpoints.ts';
import { frameOf } from '../../../kernel/frame.ts';
import { SetChanges } from '../../../kernel/node/setChanges.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { compileCondition, type MatchCompiler, unknownOption } from './match.ts';
import { valueIn, word } from './reading.ts';

const withoutCondition = new Set(['--return-nomatch', '--update-counters', '--update-subcounters']);
const counterOptions = /^--(?:packets|bytes)-(?:eq|lt|gt)$/;

/** Of a set that does not count, the counters are not asked (ip_set_match_extensions). */
function hasNoCounters({ options }: Match, { ipsets }: Node): boolean {
  const named = optionNamed(options, '--match-set')?.values[0]?.text ?? '';
  const set = ipsets?.get(named);
  return set !== undefined && set.type !== 'list:set' && !set.options.has('counters');
}

/** `-m set --match-set KUBE-CLUSTER-IP dst,dst` */
export const set: MatchCompiler = (match, context) => {
  const returnNoMatch = optionNamed(match.options, '--return-nomatch') !== null;
  return match.options.flatMap((option) => {
    const name = canonicalName(option);
    if (withoutCondition.has(name) || (counterOptions.test(name) && hasNoCounters(match, context.node)))
      return [];
    const directions = valueIn(readSetDirections(word(option, 1)));
    if (name !== '--match-set' || directions === null) return [unknownOption(option, context)];
    const setName = word(option);
    return [
      compileCondition(option, {
        test: (packet, run) => test(packet, run, setName, directions, returnNoMatch),
        fact: (packet) => `the ipset does not hold ${memberText(packet, directions)}`,
        wanted: `${setName} ${word(option, 1)}`,
      }),
    ];
  });
};

function test(
  packet: Packet,
  run: Run,
  setName: string,
  directions: readonly SetDirection[],
  returnNoMatch: boolean,
): Answer {
  const changes = run.state(SetChanges);
  const answer =
    unknownPlace(packet, directions) ??
    testSet(run.node, setName, directions, packet, {
      returnNoMatch,
      changes,
      frame: () => frameOf(packet, run.node),
    });
  return typeof answer === 'boolean'
    ? answer
    : openAnswer(setName, directions, packet, changes, answer.unknown);
}

/** What makes a packet’s place in any set unknown. */
export function unknownPlace(
  packet: Packet,
  directions: readonly SetDirection[],
): { readonly unknown: string } | null {
  if (packet.sourceUnknown && directions.includes('src'))
    return { unknown: 'the packet’s source is not known' };
  return packet.destinationUnknown && directions.includes('dst')
    ? { unknown: 'the packet’s destination is not known' }
    : null;
}

/** Both answers, unless a SET target of this run has put this very member in, or taken it out: then that is presumed. */
function openAnswer(
  setName: string,
  directions: readonly SetDirection[],
  packet: Packet,
  changes: SetChanges,
  why: string,
): Answer {
  const member = memberText(packet, directions);
  const key = `ipset:${setName}:${directions.join(',')}:${member}`;
  const claim = `ipset ${setName} holds ${member}`;
  const guessed = changes.guessed(setName, `${directions.join(',')} ${member}`);
  if (guessed === null) {
    return question(key, 'ipset-unknown', `Whether ${claim} is not known: ${why}.`, claim);
  }
  const { holds, times } = guessed;
  const message = `Ipset ${setName} is taken ${holds ? '' : 'not '}to hold ${member}: a SET target has just ${holds ? 'added' : 'removed'} it.`;
  return presume(holds, `${key}:${times}`, 'ipset-changed', message, claim);
}

/**
 * What of the packet the directions look at, as questions name it. A set that is asked one thing holds addresses or networks
 * (`10.244.1.5`); one that is asked more mostly holds ports, too.
 */
export function memberText(packet: Packet, directions: readonly SetDirection[]): string {
  return [...new Set(directions)]
    .map((direction) => endpointOf(packet, direction === 'src' ? 'source' : 'destination'))
    .map((endpoint) => (directions.length === 1 ? endpoint.address : formatEndpoint(endpoint)))
    .join(', ');
}
