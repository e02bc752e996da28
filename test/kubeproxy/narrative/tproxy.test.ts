import { expect, test } from 'vitest';
import { dump } from '../../kernel/fixtures.ts';
import { rulesOnly, sentences } from './support.ts';

test('a packet that TPROXY hands to a socket keeps its addresses', () => {
  const rules = dump({
    mangle: [
      '-A PREROUTING -p tcp -j EDGE',
      '-A EDGE -p tcp -m tcp --dport 22 -j RETURN',
      '-A EDGE ! -d 127.0.0.1/32 -p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff',
    ],
  });
  const [headline] = sentences(rulesOnly(rules), { from: 'external:203.0.113.9', to: '192.0.2.10:8080' });
  expect(headline).toContain(
    'handed to the transparent socket on port 15006 of this node by TPROXY, addressed to 192.0.2.10:8080 as it was',
  );
  expect(headline).toContain('if a transparent socket listens on port 15006');
});
