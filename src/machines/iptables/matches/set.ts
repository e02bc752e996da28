import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import { readSetDirections } from '../../../rules/iptables/values/sets.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import { formatEndpoint } from '../../../kernel/endpoint.ts';
import { type SetDirection, testSet } from '../../../kernel/node/ipset.ts';
import { endpointOf } from '../../../kernel/endpoints.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { compileCondition, type MatchCompiler, unknownOption } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m set --match-set KUBE-CLUSTER-IP dst,dst` */
export const set: MatchCompiler = (match, context) => {
  const returnNoMatch = optionNamed(match.options, '--return-nomatch') !== null;
  return match.options.flatMap((option) => {
    const name = canonicalName(option);
    if (name === '--return-nomatch' || name === '--update-counters' || name === '--update-subcounters')
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
  const answer =
    packet.sourceUnknown && directions.includes('src')
      ? { unknown: 'the packet’s source is not known' }
      : testSet(run.node, setName, directions, packet, returnNoMatch);
  if (typeof answer === 'boolean') return answer;
  const member = memberText(packet, directions);
  return question(
    `ipset:${setName}:${directions.join(',')}:${member}`,
    'ipset-unknown',
    `Whether ipset ${setName} holds ${member} is not known: ${answer.unknown}.`,
    `ipset ${setName} holds ${member}`,
  );
}

/** A set that is asked one thing holds addresses or networks: `10.244.1.5`; one that is asked more mostly ports, too. */
function memberText(packet: Packet, directions: readonly SetDirection[]): string {
  return [...new Set(directions)]
    .map((direction) => endpointOf(packet, direction === 'src' ? 'source' : 'destination'))
    .map((endpoint) => (directions.length === 1 ? endpoint.address : formatEndpoint(endpoint)))
    .join(', ');
}
