import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

type End = 'input' | 'output';

/** `-m devgroup --src-group 0x5/0xf`, `--dst-group default`: xt_devgroup.c. */
export const devgroup = eachOption({
  '--src-group': groupReader('input'),
  '--dst-group': groupReader('output'),
});

function groupReader(end: End): OptionReader {
  return (option) => {
    const text = word(option);
    return {
      test: (packet, run) => test(packet, run, end, text),
      fact: (packet, run) => `the interface is of group ${groupOf(packet, run, end) ?? 'that is not known'}`,
      wanted: text,
    };
  };
}

function test(packet: Packet, run: Run, end: End, text: string): Answer {
  const own = groupOf(packet, run, end);
  const fits = own === null ? null : sameGroup(own, text);
  if (fits !== null) return fits;
  const claim = `the interface that the packet ${end === 'input' ? 'comes in' : 'goes out'} by is of group ${text}`;
  const name = packet[end] ?? '';
  const message = `Whether ${claim} is not known.`;
  return question(`${run.scope}group:${end}:${name}:${text}`, 'interface-group-unknown', message, claim);
}

function groupOf(packet: Packet, run: Run, end: End): string | null {
  const name = packet[end];
  return typeof name === 'string' ? (run.node.interfaces?.get(name)?.group ?? null) : null;
}

/** Null where it takes the node's own list of names to tell. */
function sameGroup(own: string, wanted: string): boolean | null {
  const [value = '', mask] = wanted.split('/');
  if (own === wanted) return true;
  const [number, group] = [numberOf(own), numberOf(value)];
  const bits = mask === undefined ? MAX_32 : valueIn(readNumber(mask, MAX_32));
  if (number === null || group === null || bits === null) {
    // A number without a name is none of the groups that have one, and groups of two names are two.
    return mask === undefined && number === null && group === null ? false : null;
  }
  return ((number ^ group) & bits) === 0;
}

function numberOf(text: string): number | null {
  return text === 'default' ? 0 : valueIn(readNumber(text, MAX_32));
}
