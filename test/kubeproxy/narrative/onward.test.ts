import { describe, expect, it } from 'vitest';
import {
  type Onward,
  onwardDetail,
  type OnwardEnd,
  onwardNotice,
} from '../../../src/kubeproxy/narrative/onward.ts';

const through: OnwardEnd = { verdict: 'forward', share: 1, clause: '', notice: '', lost: 0, doubtful: 0 };
const dropped: OnwardEnd = {
  verdict: 'drop',
  share: 1,
  clause: 'dropped by rule 1 of FORWARD',
  notice: 'the client hangs',
  lost: 0,
  doubtful: 0,
};

function to(node: string, ends: readonly OnwardEnd[] | null): Onward {
  return { node, ends, message: `${node} is not here.`, sourceChanged: false };
}

describe('what is said of the next nodes', () => {
  it.each<[string, readonly Onward[]]>([
    ['', []],
    ['', [to('a', [dropped])]],
    ['The rules of a let it through.', [to('a', [through]), to('a', [through])]],
    ['What a does with the packet is not known.', [to('a', null)]],
    ['What a, b and c do with the packet is not known.', ['a', 'b', 'c'].map((node) => to(node, null))],
    [
      'What a, b and 2 other nodes do with the packet is not known.',
      ['a', 'b', 'c', 'd'].map((node) => to(node, null)),
    ],
    [
      'The rules of a let it through; what b does with the packet is not known.',
      [to('a', [through]), to('b', null)],
    ],
    [
      'The rules of a let it through; 2 more ways to them are not followed.',
      [to('a', [through]), to('a', null), to('a', null)],
    ],
  ])('%s', (expected, onwards) => {
    expect(onwardDetail(onwards)).toBe(expected);
  });

  it.each<[string, Onward | null]>([
    ['', null],
    ['a is not here.', to('a', null)],
    ['The rules of a let it through.', to('a', [through])],
    ['On a dropped by rule 1 of FORWARD: the client hangs.', to('a', [dropped])],
    [
      'On a let through (25.0 %) or dropped by rule 1 of FORWARD (75.0 %).',
      to('a', [
        { ...through, share: 0.25 },
        { ...dropped, share: 0.75 },
      ]),
    ],
  ])('of one way: %s', (expected, onward) => {
    expect(onwardNotice(onward)).toBe(expected);
  });
});
