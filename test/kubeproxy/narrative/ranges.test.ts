import { expect, test } from 'vitest';
import { rulesOnly, sentences } from './support.ts';

// The addresses are Linux 6.18's: test/kernel/nat/hashedAddress.test.ts.
function of(range: string): string {
  const rules = `*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination ${range}\nCOMMIT\n`;
  return sentences(rulesOnly(rules), { from: 'external:198.51.100.7', to: '10.96.0.5:80' }).join('\n');
}

test('of a range it is said that the address hangs on who asks', () => {
  expect(of('10.244.1.5-10.244.1.7')).toContain(
    'The kernel picks 10.244.1.6 out of 10.244.1.5-10.244.1.7 by a hash of source and destination: these always get it, others may get another one.',
  );
  expect(of('10.244.1.6')).not.toContain('hash');
});
