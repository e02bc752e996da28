/** What iptables-nft makes of two negated ports of one match. */
import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { readPortRange } from '../../../values/ports.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { type CompiledMatch, type MatchCompiler, type RuleContext, ruleWords, valueOf } from './match.ts';
import { valueIn } from './reading.ts';

interface Ports {
  readonly source: number;
  readonly destination: number;
}

/**
 * `! --sport 80 ! --dport 90` is one compare of both ports in iptables-nft 1.8.8 to 1.8.10 (add_nft_tcpudp): it fails only
 * where both are equal. Elsewhere each port counts by itself; `plain` reads that.
 */
export function joinedWhereNegated(protocol: number, plain: MatchCompiler): MatchCompiler {
  return (match, context) => {
    const compiled = plain(match, context);
    const ports = negatedPorts(match);
    const isJoined = ports === null ? false : joinsNegatedPorts(context);
    if (ports === null || isJoined === false) return compiled;
    const apart = compiled.filter((each) => isPort(each, match));
    const joined: CompiledMatch = {
      span: apart[0]?.span ?? match,
      stateful: false,
      test: (packet, run) => {
        if (packet.protocol !== protocol) return false;
        const both = isBoth(packet, ports);
        if (isJoined === true && both !== null) return !both;
        const answers = apart.map((each) => each.test(packet, run));
        // One port is as excluded: what is not known of the other decides.
        if (isJoined === true) return answers.find((answer) => answer !== false) ?? false;
        const byItself = answers.includes(false)
          ? false
          : (answers.find((answer) => answer !== true) ?? true);
        if (byItself === false && both === false) noteUnknownVersion(context, run);
        return byItself;
      },
      why: () =>
        `the packet goes from port ${ports.source} to port ${ports.destination}, and the rule excludes both`,
    };
    return [joined, ...compiled.filter((each) => !isPort(each, match))];
  };
}

function isPort({ span }: CompiledMatch, match: Match): boolean {
  const option = match.options.find(({ start }) => start === span.start);
  return option !== undefined && ['--sport', '--dport'].includes(canonicalName(option));
}

/** Null where that takes a port which is not known: the other one then is as excluded. */
function isBoth({ sourcePort, destinationPort }: Packet, ports: Ports): boolean | null {
  const [from, to] = [sourcePort === ports.source, destinationPort === ports.destination];
  if ((!from && sourcePort !== '*') || (!to && destinationPort !== '*')) return false;
  return from && to ? true : null;
}

function noteUnknownVersion(context: RuleContext, run: Run): void {
  run.assume(
    `joined-ports:${context.at.table}/${context.at.chain}/${context.at.index}`,
    'iptables-version-unknown',
    `${ruleWords(context)} excludes a source and a destination port. What loaded it is not known; iptables-nft 1.8.8 to 1.8.10 would exclude only packets that have both.`,
  );
}

/** Null where the rule has anything else. Port 0 and ranges are never joined. */
function negatedPorts(match: Match): Ports | null {
  const [source, destination] = ['--sport', '--dport'].map((name) => {
    const option = optionNamed(match.options, name);
    const range =
      option === null || option.negation === null ? null : valueIn(readPortRange(valueOf(option)));
    return range === null || range.from === 0 || range.from !== range.to ? null : range.from;
  });
  if (source === null || source === undefined) return null;
  return destination === null || destination === undefined ? null : { source, destination };
}

/** Null where the dump does not say what loaded it. */
function joinsNegatedPorts({ around, at }: RuleContext): boolean | null {
  const generator = around.generator(at.table);
  if (generator === null) return null;
  if (generator.backend !== 'nf_tables') return false;
  const [, major, minor, patch] = /(\d+)\.(\d+)\.(\d+)/.exec(generator.version) ?? [];
  if (patch === undefined) return null;
  return major === '1' && minor === '8' && Number(patch) >= 8 && Number(patch) <= 10;
}
