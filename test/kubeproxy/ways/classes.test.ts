import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { Dump } from '../findings/rules/faults/dump.ts';
import { dumpText } from '../dumps.ts';
import { compareClasses } from './compareClasses.ts';

/** Rules that tell some Services from others by their addresses, ports, and who asks. */
const rules: readonly (readonly [name: string, change: (dump: Dump) => Dump | null])[] = [
  ['as it is', (dump) => dump],
  ['with a DROP for some pods', (dump) => dump.first('filter', '-A FORWARD -d 10.244.1.0/26 -j DROP')],
  [
    'with a DROP for some node ports',
    (dump) => dump.first('mangle', '-A PREROUTING -p tcp -m tcp --dport 30080:30096 -j DROP'),
  ],
  [
    'with a DROP for some cluster IPs',
    (dump) => dump.first('mangle', '-A PREROUTING -d 10.104.0.0/14 -j DROP'),
  ],
  [
    'with a DROP for what some pods answer',
    (dump) => dump.first('filter', '-A FORWARD -s 10.244.1.0/27 -p tcp -j DROP'),
  ],
];

describe.each(['1.23.4', '1.36.3'])(
  'in the dump of %s, what is so of one frontend is so of its class',
  (name) => {
    it.each(rules)('%s', (_, change) => {
      const dump = change(Dump.of(name));
      const { compared, differences } = compareClasses(analysisOfFiles(dump?.files ?? new Map()));
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(20);
    });
  },
);

/** Tables of others, which tell some Services of nftables mode from others. */
const tables: readonly (readonly [name: string, table: string])[] = [
  ['as it is', ''],
  ['with a DROP for some pods', tableOf('forward', 'filter', 'ip daddr 10.244.1.0/26 drop')],
  ['with a DROP for some node ports', tableOf('prerouting', 'raw', 'tcp dport 30080-30096 drop')],
  ['with a DROP for some cluster IPs', tableOf('prerouting', 'raw', 'ip daddr 10.104.0.0/14 drop')],
  [
    'with a DROP for what some pods answer',
    tableOf('forward', 'filter', 'ip saddr { 10.244.1.1-10.244.1.31 } meta l4proto tcp drop'),
  ],
];

function tableOf(hook: string, priority: string, rule: string): string {
  return `table inet corp {\n\tchain corp {\n\t\ttype filter hook ${hook} priority ${priority}; policy accept;\n\t\t${rule}\n\t}\n}\n`;
}

describe('in the listing of nftables mode, what is so of one frontend is so of its class', () => {
  const listing = dumpText('1.36.3-nftables', 'nft.txt') ?? '';

  it.each(tables)('%s', (_, table) => {
    const { compared, differences } = compareClasses(
      analysisOfFiles(new Map([['nft.txt', `${listing}\n${table}`]])),
    );
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(20);
  });
});

it('a table of others tells Services of iptables mode apart', () => {
  const dump = Dump.of('1.36.3');
  const files = new Map([
    ...dump.files,
    ['nft.txt', tableOf('forward', 'filter', 'ip daddr 10.244.1.0/26 drop')] as const,
  ]);
  const { compared, ended, differences } = compareClasses(analysisOfFiles(files));
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(20);
  expect(ended).toBeGreaterThan(0);
});

it('of 10,000 Services a few packets tell all', () => {
  const { classes, alone, compared, differences } = compareClasses(
    analysisOfFiles(Dump.of('1.36.3-large').files),
    500,
  );
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(15);
  expect({ classes: classes < 20, alone }).toEqual({ classes: true, alone: 0 });
});
