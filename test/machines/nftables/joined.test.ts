/** Two “!=” of fields side by side, of which nft before 1.1.0 makes one compare. */
import { expect, it } from 'vitest';
import { forward, told } from './told.ts';

/** What becomes of a packet from port 40000 to port 80. */
function excluding(matches: string): readonly string[] {
  return told(forward(`${matches} counter drop`));
}

it('asks which nft loaded two “!=” side by side where a packet has one of the two values', () => {
  expect(excluding('tcp sport != 40000 tcp dport != 80')).toEqual(['forward']);
  expect(excluding('tcp sport != 1 tcp dport != 2')).toEqual(['drop ip t/f/0']);
  const either = ['drop ip t/f/0 0.50', 'forward 0.50'];
  expect(excluding('tcp sport != 40000 tcp dport != 2').toSorted()).toEqual(either);
  expect(excluding('tcp dport != 80 tcp sport != 1').toSorted()).toEqual(either);
  // A counter between them keeps them apart, as do the addresses.
  expect(excluding('tcp sport != 40000 counter tcp dport != 2')).toEqual(['forward']);
  expect(excluding('ip saddr != 198.51.100.7 ip daddr != 192.0.2.1')).toEqual(['forward']);
});
