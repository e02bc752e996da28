/** What Docker's own rules tell of the network behind a bridge, where nobody brought the node's addresses. */
import { describe, expect, it } from 'vitest';
import { rulesOnly, tell } from './narrative/support.ts';

const docker = rulesOnly(`*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.30.0.0/16 -j MASQUERADE
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i cali+ -j DROP
COMMIT
`);

interface Ending {
  readonly ends: readonly string[];
  readonly open: readonly string[];
}

function ending(from: string, to: string): Ending {
  const { answer } = tell(docker, { from, to });
  const ends = answer.outcomes.map(({ verdict, interface: by }) => `${verdict} ${by ?? ''}`.trim());
  const asked = answer.assumptions.filter(({ branched }) => branched);
  return { ends: [...new Set(ends)], open: asked.map(({ code }) => code) };
}

describe('a host of Docker whose addresses nobody brought', () => {
  it.each<[string, string, Ending]>([
    ['external', ':8080', { ends: ['forward docker0'], open: [] }],
    ['external:192.168.7.7', ':8080', { ends: ['forward docker0'], open: [] }],
    // A container that asks for the published port is not translated.
    ['172.17.0.3', ':8080', { ends: ['drop'], open: [] }],
    ['172.17.0.3', 'external:443', { ends: ['forward'], open: [] }],
  ])('from %s to %s', (from, to, expected) => {
    expect(ending(from, to)).toEqual(expected);
  });

  it('asks of an address that no such rule has, and of the bridge’s own', () => {
    expect(ending('10.1.2.3', '172.30.0.2:80').open).toContain('local-addresses-unknown');
    expect(ending('external', '172.17.0.1:80').open).toContain('local-addresses-unknown');
  });
});
