/** Names that every object has by its prototype are names like any other, wherever a rule may have one. */
import { beforeAll, expect, test } from 'vitest';
import { bundledCli, type Cli } from './support/cli.ts';

let cli: Cli;

beforeAll(async () => {
  cli = await bundledCli();
});

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const;

function nftables(name: string): string {
  return `table ip ${name} {
	set ${name} { type ${name}; flags ${name}; elements = { 10.0.0.1 } }
	chain ${name} { type filter hook ${name} priority ${name}; policy ${name}; meta ${name} 1 drop; ct ${name} 1 accept; }
	chain other { type filter hook input priority filter; ip ${name} 1 jump ${name}; ip saddr @${name} drop; limit rate 1/${name} accept; reject with ${name}; }
}
table ip kube-proxy {
	chain ${name} { type nat hook prerouting priority -100; jump ${name} }
}
`;
}

function iptables(name: string): string {
  return `*nat
:PREROUTING ACCEPT [0:0]
:${name} - [0:0]
-A PREROUTING -p tcp -m ${name} --${name} ${name} -j ${name}
-A PREROUTING -p ${name} -i ${name} -m set --match-set ${name} src -j ${name}
-A ${name} -m conntrack --ctstate ${name} -m comment --comment "${name}/${name}:${name}" -j DNAT --to-destination ${name}
COMMIT
`;
}

test.each(names.flatMap((name) => [nftables, iptables].map((rules) => [name, rules] as const)))(
  '%s, in %o',
  async (name, rules) => {
    const input = rules(name);
    const asked = ['trace', '-', '--from', '10.0.0.1', '--to', '10.96.0.5:80'];
    for (const words of [['explain', '-', name], ['check', '-'], ['tree', '-'], asked]) {
      const { err, code } = await cli(words, { input });
      expect(err).not.toMatch(/TypeError|RangeError|^ +at /m);
      expect([0, 1]).toContain(code);
    }
  },
);
