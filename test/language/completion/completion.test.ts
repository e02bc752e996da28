import { type CompletionItem, InsertTextFormat } from 'vscode-languageserver-types';
import { describe, expect, it } from 'vitest';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { sourcesOfFiles } from '../../../src/kubeproxy/sources.ts';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import { completionsAt } from '../../../src/language/completion/completion.ts';
import { documentationOf } from '../../../src/language/completion/documentation.ts';
import { readNames } from '../../../src/language/completion/knownNames.ts';
import { finish } from '../../../src/values/steps.ts';
import { habitsOf } from '../../../src/language/completion/habits.ts';
import { readItemData } from '../../../src/server/itemParams.ts';
import { cursorOf, fixture } from '../fixture.ts';

/** The node's other files. */
const files: SnapshotFiles = new Map([
  [
    'ip-addr.json',
    '[{"ifindex":2,"ifname":"eth0","flags":["UP"],"operstate":"UP","link_type":"ether","addr_info":[{"family":"inet","local":"192.168.0.2","prefixlen":24,"scope":"global"}]}]',
  ],
  [
    'ipset-save.txt',
    'create allowed hash:ip family inet hashsize 1024 maxelem 65536\nadd allowed 10.65.3.4\n',
  ],
]);

function itemsAt(marked: string, snippets = false): readonly CompletionItem[] {
  const each = fixture(marked);
  const known: SnapshotFiles = new Map([...files, ['iptables-save.txt', each.text] as const]);
  const analysis = openAnalysis({ sources: sourcesOfFiles(known), files: known });
  const { document } = each;
  const request = {
    document,
    analysis,
    habits: habitsOf(document),
    names: finish(readNames(analysis)),
    offset: cursorOf(each),
  };
  return completionsAt(request, snippets).items;
}

const labels = (items: readonly CompletionItem[]): readonly string[] => items.map(({ label }) => label);

/** A table with a chain of kube-proxy, in which `line` is being written. */
function nat(line: string): string {
  return `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-LOLE4ISW44XBNF3G - [0:0]
:KUBE-SEP-23NJ6BVYXBVKTC4M - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-SERVICES -d 10.96.12.3/32 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web:http -> 10.244.1.5:8080" -j KUBE-SEP-23NJ6BVYXBVKTC4M
-A KUBE-SEP-23NJ6BVYXBVKTC4M -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
${line}
COMMIT
`;
}

function filter(line: string): string {
  return `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:X - [0:0]\n-A INPUT -i cni0 -j X\n${line}\nCOMMIT\n`;
}

describe('completion in table nat', () => {
  it.each([
    // line, offered among the first ten, not offered at all
    ['-A <|>', ['KUBE-SEP-23NJ6BVYXBVKTC4M', 'OUTPUT'], ['MASQUERADE', '-A']],
    ['-A OUTPUT -j <|>', ['KUBE-SERVICES', 'DNAT'], ['OUTPUT', 'REJECT', 'SNAT']],
    ['-A OUTPUT -g <|>', ['KUBE-SERVICES'], ['ACCEPT', 'DNAT']],
    // Each leads to KUBE-SEP-23NJ6BVYXBVKTC4M: the kernel refuses loops.
    [
      '-A KUBE-SEP-23NJ6BVYXBVKTC4M -j KUBE-<|>',
      ['KUBE-MARK-MASQ'],
      ['KUBE-SERVICES', 'KUBE-SVC-LOLE4ISW44XBNF3G', 'KUBE-SEP-23NJ6BVYXBVKTC4M'],
    ],
    ['-A KUBE-SEP-23NJ6BVYXBVKTC4M -s <|>', ['10.244.1.5/32', '10.96.12.3/32'], []],
    ['-A OUTPUT -d 192<|>', ['192.168.0.2/32'], []],
    ['-A OUTPUT -d web<|>', ['10.96.12.3/32'], ['192.168.0.2/32']],
    ['-A OUTPUT -d 10.96.12.3/32 -p tcp -m tcp --dport <|>', ['80'], []],
    ['-A OUTPUT -p tcp -m tcp --dport ht<|>', ['http', 'https'], ['80/tcp']],
    ['-A OUTPUT -p <|>', ['tcp', 'udp', 'icmp'], ['-j']],
    ['-A OUTPUT -p tcp <|>', ['-m', '-j', '!', '--dport'], ['-A', '-p', '--ctstate', '-t', '-D']],
    ['-A OUTPUT -p tcp dp<|>', ['--dport'], []],
    ['-A OUTPUT -p tcp ! <|>', ['--dport', '-d'], ['-j', '-m', '!']],
    ['-A OUTPUT -p tcp -m <|>', ['tcp', 'comment', 'multiport'], ['udp', 'hl', 'KUBE-SERVICES', 'rpfilter']],
    ['-A OUTPUT -m conntrack --<|>', ['--ctstate', '--ctproto'], ['--dport']],
    ['-A OUTPUT -m comment --comment "de<|>', ['default/web:http cluster IP'], []],
    ['-A OUTPUT -m mark --mark <|>', ['0x4000/0x4000'], []],
    ['-A OUTPUT -m mark --mark masq<|>', ['0x4000/0x4000'], []],
    ['-A OUTPUT -m set --match-set <|>', ['allowed'], []],
    ['-A OUTPUT -m set --match-set allowed <|>', ['src', 'dst'], ['allowed']],
    ['-A OUTPUT -j DNAT --to-destination <|>', ['10.244.1.5:8080'], []],
    [
      '-A KUBE-SVC-LOLE4ISW44XBNF3G -m statistic --mode random --probability <|>',
      ['0.50000000000', '0.33333333349'],
      [],
    ],
    ['-A KUBE-SERVICES -d 10.96.12.3/32 -j <|>', ['KUBE-SVC-LOLE4ISW44XBNF3G'], []],
    ['[0:0] <|>', ['-A'], ['KUBE-SERVICES']],
    ['<|>', ['-A', ':', 'COMMIT'], ['*nat', '-j']],
    [':<|>', ['INPUT', 'POSTROUTING'], ['OUTPUT', 'KUBE-SERVICES']],
    [':POSTROUTING <|>', ['ACCEPT', 'DROP'], ['-']],
    [':MINE <|>', ['-'], ['ACCEPT']],
  ])('of %s', (line, offered, not) => {
    const found = labels(itemsAt(nat(line)));
    expect(found.slice(0, 10)).toEqual(expect.arrayContaining(offered));
    for (const label of not) expect(found).not.toContain(label);
  });
});

describe('completion of values', () => {
  it.each([
    ['-A INPUT -i <|>', ['eth0', 'cni0'], []],
    ['-A INPUT -m conntrack --ctstate <|>', ['RELATED,ESTABLISHED', 'NEW'], []],
    ['-A INPUT -m conntrack --ctstate NEW,<|>', ['ESTABLISHED', 'RELATED'], ['NEW']],
    ['-A INPUT -m conntrack --ctstate NEW,REL<|>', ['RELATED'], ['INVALID']],
    ['-A INPUT -m state --state <|>', ['NEW', 'INVALID'], ['DNAT', 'SNAT']],
    ['-A INPUT -p icmp --icmp-type ec<|>', ['echo-request', 'echo-reply'], []],
    ['-A INPUT -j REJECT --reject-with <|>', ['icmp-port-unreachable'], []],
    ['-A INPUT -j REJECT --reject-with tcp<|>', ['tcp-reset'], []],
    ['-A INPUT -m addrtype --dst-type <|>', ['LOCAL', 'BROADCAST'], []],
    ['-A INPUT -m limit --limit 5/<|>', ['5/second', '5/minute', '5/hour', '5/day'], []],
    ['-A INPUT -m time --weekdays Mon,<|>', ['Tue', 'Sun'], ['Mon']],
    ['-A INPUT -j LOG --log-level <|>', ['alert', 'debug'], []],
    ['-A INPUT -p tcp --tcp-flags SYN,RST <|>', ['SYN'], []],
    ['-A INPUT -p tcp --tcp-flags <|>', ['SYN,RST', 'FIN,SYN,RST,ACK'], []],
    ['-A INPUT -m pkttype --pkt-type <|>', ['broadcast', 'multicast'], []],
    ['-A INPUT -m statistic --mode <|>', ['random', 'nth'], []],
    ['-A INPUT -s ! <|>', ['192.168.0.2/32'], ['-j']],
    ['-A INPUT -m dscp --dscp-class AF4<|>', ['AF41', 'AF42', 'AF43'], ['EF']],
    ['-A INPUT -j <|>', ['ACCEPT', 'DROP', 'X'], ['DNAT', 'MASQUERADE', 'INPUT']],
  ])('of %s', (line, offered, not) => {
    const found = labels(itemsAt(filter(line)));
    expect(found.slice(0, 12)).toEqual(expect.arrayContaining(offered));
    for (const label of not) expect(found).not.toContain(label);
  });

  it.each(['# -A <|>', '-A INPUT -m comment --comment "a" <|>b" -j X', '*filter x<|>', ':X - [<|>'])(
    'says nothing wrong at %s',
    (line) => {
      expect(labels(itemsAt(filter(line)))).not.toContain('-A');
    },
  );

  it('offers the tables between tables', () => {
    expect(labels(itemsAt('*<|>'))).toEqual(['*raw', '*mangle', '*nat', '*filter', '*security']);
  });

  it('offers nothing in a text that is no rules', () => {
    expect(itemsAt('Chain INPUT (policy ACCEPT)\ntarget prot opt source <|>\n')).toEqual([]);
  });
});

describe('an item', () => {
  it('replaces what is typed, closes a quote, and puts quotes around free text that needs them', () => {
    const open = nat('-A OUTPUT -m comment --comment "default/web:http c<|>');
    const [first] = itemsAt(open);
    expect(first?.textEdit).toMatchObject({ newText: 'default/web:http cluster IP"' });
    const bare = nat('-A OUTPUT -m comment --comment default/web:http<|>');
    expect(itemsAt(bare).map(({ textEdit }) => textEdit)).toContainEqual(
      expect.objectContaining({ newText: '"default/web:http cluster IP"' }),
    );
  });

  it('says whose an address or a chain is', () => {
    const addresses = itemsAt(nat('-A OUTPUT -d 10.96<|>'));
    expect(addresses[0]?.labelDetails?.description).toBe('the ClusterIP of default/web:http');
    const chains = itemsAt(nat('-A OUTPUT -j KUBE-SV<|>'));
    expect(chains[0]?.labelDetails?.description).toBe('default/web:http');
  });

  it('is a whole rule at the beginning of one, where the editor takes tab stops', () => {
    const rule = itemsAt(filter('-A INPUT <|>'), true).find(({ label }) => label === 'accept established');
    expect(rule).toMatchObject({
      insertTextFormat: InsertTextFormat.Snippet,
      textEdit: { newText: '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT' },
    });
    expect(labels(itemsAt(filter('-A INPUT -p tcp <|>'), true))).not.toContain('accept established');
    expect(labels(itemsAt(filter('<|>'), true))).toContain('log with a limit');
    expect(labels(itemsAt(nat('<|>'), true))).toEqual(
      expect.arrayContaining(['masquerade', 'DNAT to another host']),
    );
    expect(labels(itemsAt(nat('-A OUTPUT <|>')))).not.toContain('masquerade');
  });

  it.each([
    ['-A OUTPUT -p tcp dpo<|>', '`[!] --dport VALUE` · The destination port'],
    ['-A OUTPUT -m connt<|>', '**conntrack** · match'],
    ['-A OUTPUT -j DN<|>', '**DNAT** · target'],
    ['-A OUTPUT -j KUBE-SV<|>', String.raw`**default\/web\:http** balances over`],
    ['-A OUTPUT -d 10.96<|>', '`10.96.12.3` is the ClusterIP of'],
  ])('is documented: %s', (line, words) => {
    const marked = nat(line);
    const { document, text } = fixture(marked);
    const known: SnapshotFiles = new Map([['iptables-save.txt', text] as const]);
    const analysis = openAnalysis({ sources: sourcesOfFiles(known), files: known });
    const data = readItemData(itemsAt(marked)[0]?.data);
    if (data === null) throw new Error('The item has no data.');
    expect(documentationOf(data, { document, analysis, links: null })).toContain(words);
  });
});
