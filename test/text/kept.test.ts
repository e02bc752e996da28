import { expect, test } from 'vitest';
import { Kept, KeptByPart } from '../../src/text/kept.ts';

interface Words {
  readonly text: string;
}

const owner: Words = { text: 'one two' };

function length({ text }: Words): number {
  return text.length;
}

test('a value is made once, when it is first asked for', () => {
  let made = 0;
  const words = ({ text }: Words): readonly string[] => {
    made++;
    return text.split(' ');
  };
  const kept = new Kept(owner);
  expect([kept.known(words), made]).toEqual([null, 0]);
  expect(kept.of(words)).toEqual(['one', 'two']);
  expect([kept.of(words), kept.known(words)]).toEqual([kept.of(words), kept.of(words)]);
  expect(made).toBe(1);
});

test('each owner and each maker has a value of its own, null among them', () => {
  let asked = 0;
  const nothing = (): null => {
    asked++;
    return null;
  };
  const kept = new Kept(owner);
  expect([kept.of(nothing), kept.of(length), kept.of(nothing)]).toEqual([null, 7, null]);
  expect(asked).toBe(1);
  expect(new Kept<Words>({ text: '' }).of(length)).toBe(0);
});

test('what was made in another way is given from then on', () => {
  const kept = new Kept(owner);
  expect(kept.put(length, 70)).toBe(70);
  expect([kept.of(length), kept.known(length)]).toEqual([70, 70]);
});

test('the value of each part is made once', () => {
  const made: string[] = [];
  const lengths = new KeptByPart((word: string) => {
    made.push(word);
    return word.length;
  });
  expect([lengths.of('one'), lengths.of('three'), lengths.of('one')]).toEqual([3, 5, 3]);
  expect(made).toEqual(['one', 'three']);
});
