/** What rules write, compare and shift: what nft refuses there has a problem, what it takes has none, for every field of the catalogue. */
import { expect, test } from 'vitest';
import { ctKeys, metaKeys } from '../../src/rules/nftables/catalogue/keys.ts';
import { payloads } from '../../src/rules/nftables/catalogue/payloads.ts';
import { problemsOf } from '../../src/rules/nftables/checks/problemsOf.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { ENDED, judgeNft } from './support/nftables/nftJudge.ts';
import { describeWithKernel } from './support/requirements.ts';

const OPTIONS = ['maxseg size', 'window count', 'sack0 left', 'timestamp tsval', 'mptcp subtype'];
/** Later than nft 1.0.6, or an object's alone. */
const UNASKED =
  /^(?:gre|vxlan|geneve|gretap|icmpv6 (?:parameter-problem|packet-too-big|taddr|daddr)|meta broute|meta ibrhwaddr|meta secmark|ct secmark|ct helper) ?/u;

const FIELDS = [
  ...[...payloads].flatMap(([header, fields]) => [...fields.keys()].map((field) => `${header} ${field}`)),
  ...[...metaKeys.keys()].map((key) => `meta ${key}`),
  ...[...ctKeys.keys()].map((key) => `ct ${key}`),
  ...OPTIONS.map((option) => `tcp option ${option}`),
  'ct original zone',
  'ct original bytes',
  'socket mark',
  'rt mtu',
  '@th,16,16',
  '@nh,8,6',
].filter((field) => !UNASKED.test(field));

/** Of each type of a field one is taken. */
const VALUES = ['1', 'tcp', '10.0.0.1', 'fd00::1', 'aa:bb:cc:dd:ee:ff', 'new', 'af21', '1s'];

const RULES = [
  'tcp option maxseg size set 1400',
  'tcp option maxseg size set 70000',
  'tcp option maxseg size > 65535',
  'socket transparent 1',
  'socket transparent 2',
  'numgen inc mod 10 9',
  'numgen inc mod 10 10',
  'jhash ip saddr mod 16 offset 4 19',
  'jhash ip saddr mod 16 offset 4 20',
  'exthdr frag exists',
  'exthdr frag 256',
  'meta mark set meta mark << 31',
  'meta mark set meta mark << 32',
  'ct original proto-dst 80',
  'meta l4proto tcp ct original proto-dst 80',
  'meta l4proto { tcp, udp } ct original proto-dst 80',
  'tcp dport > { 80, 443 }',
  'tcp dport > { 80 }',
  'meta mark exists',
  'ip daddr tcp',
  'ct label 127',
  'ct label 128',
  'ct event new',
  'ct event set new',
  'meta nftrace 1',
  'meta iifname 5',
  'fib saddr . iif oif missing',
  'fib saddr . iif oif exists',
  'meta priority set 1:20',
  'meta mark set tcp dport map { 1 : 0x1 }',
  'ip dscp set meta mark map { 1 : established }',
  'tcp dport set 80,443',
];

function inTable(rule: string): string {
  return `table inet t {\n\tchain c {\n\t\ttype filter hook prerouting priority 0;\n\t\t${rule}\n\t}\n}\n`;
}

function isTold(text: string): boolean {
  return problemsOf(parseRuleset(text)).length > 0;
}

describeWithKernel('what rules of nftables write', ['nft', 'python3'], () => {
  test('is what can be written: of a field that takes no value at all, each has a problem', () => {
    const texts = FIELDS.flatMap((field) => VALUES.map((value) => inTable(`${field} set ${value}`)));
    const judged = judgeNft(texts);
    const wrong = FIELDS.filter((_, index) => {
      const own = VALUES.map((__, at) => index * VALUES.length + at);
      const isWritable = own.some((at) => judged[at]?.[0] === 0);
      return own.every((at) => isTold(texts[at] ?? '')) === isWritable;
    });
    expect(wrong).toEqual([]);
    // nft reads 10.0.0.1 as the beginning of a hardware address, which nobody means.
    const alarms = texts.filter(
      (text, index) => judged[index]?.[0] === 0 && isTold(text) && !/ether .addr set 10\./u.test(text),
    );
    expect(alarms).toEqual([]);
  });

  test.each(RULES)('%s', (rule) => {
    const text = inTable(rule);
    const [[status] = [ENDED]] = judgeNft([text]);
    expect(isTold(text)).toBe(status !== 0);
  });
});
