/**
 * Rulesets that are changed in a word or a line: what `nft -c -f` refuses has a problem, what it takes has none.
 * KUBE_PROXY_NFT_CHECKS sets how many, KUBE_PROXY_NFT_SEED where to begin; KUBE_PROXY_NFT_TELL=1 prints each difference.
 */
import { expect, test } from 'vitest';
import { problemsOf } from '../../src/rules/nftables/checks/problemsOf.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { ENDED, judgeNft } from './support/nftables/nftJudge.ts';
import { mutatedRuleset } from './support/nftables/mutatedRulesets.ts';
import { Random } from './support/random.ts';
import { describeWithKernel } from './support/requirements.ts';

const count = Number(process.env['KUBE_PROXY_NFT_CHECKS'] ?? 300);
const first = Number(process.env['KUBE_PROXY_NFT_SEED'] ?? 1);
const LEAST_AGREEMENT = 0.98;

/** What hangs on the family of the table. */
const FORMS = [
  'meta nfproto ipv4',
  'meta protocol ip',
  'meta l4proto tcp',
  'ip saddr 10.0.0.1',
  'ip6 saddr fd00::1',
  'ip option rr exists',
  'exthdr frag exists',
  'frag id 5',
  'ct original ip saddr 10.0.0.1',
  'ct reply ip6 daddr fd00::1',
  'tcp dport 80',
  'icmp type echo-request',
  'arp operation request',
  'ether type ip',
];

const NAT = [
  'dnat to 10.0.0.1',
  'dnat ip to 10.0.0.1',
  'tcp dport 80 dnat to 10.0.0.1:80',
  'tcp dport 80 dnat to :8080',
  'ip daddr 10.0.0.2 dnat to 10.0.0.1',
  'meta nfproto ipv4 dnat to 10.0.0.1',
  'icmp type echo-request dnat to 10.0.0.1',
  'fib daddr type local dnat to 10.0.0.1',
  'dnat to numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }',
];

const SYNPROXIES = ['timestamp sack-perm', 'sack-perm', 'sack-perm timestamp', 'timestamp timestamp', ''];
const KEYS = ['tcp dport', 'numgen random mod 2', 'nothing', '80'];
const TEXTS = [
  ...SYNPROXIES.map((flags) => `\tsynproxy p {\n\t\tmss 1460\n\t\twscale 7\n\t\t${flags}\n\t}\n`),
  ...KEYS.map((key) => `\tchain c {\n\t\tmeta mark set ${key} map { 1 : 0x1 }\n\t}\n`),
].map((item) => `table ip t {\n${item}}\n`);

describeWithKernel('problems of nftables', ['nft', 'python3'], () => {
  test.each(NAT)('are what nft refuses of nat in an inet table: %s', (rule) => {
    const head = '\t\ttype nat hook prerouting priority 0;\n';
    const text = `table inet t {\n\tchain c {\n${head}\t\t${rule}\n\t}\n}\n`;
    const [[status] = [ENDED]] = judgeNft([text]);
    expect(problemsOf(parseRuleset(text)).length > 0).toBe(status !== 0);
  });

  test.each(TEXTS)('are what nft refuses of named synproxies and the keys of maps: %j', (text) => {
    const [[status] = [ENDED]] = judgeNft([text]);
    expect(problemsOf(parseRuleset(text)).length > 0).toBe(status !== 0);
  });

  test('are what nft refuses of matches in tables of each family', () => {
    const texts = ['ip', 'ip6', 'inet', 'arp'].flatMap((family) =>
      FORMS.map((form) => `table ${family} t {\n\tchain c {\n\t\t${form} accept\n\t}\n}\n`),
    );
    const judged = judgeNft(texts);
    const differences = texts.filter((text, index) => {
      const [status] = judged[index] ?? [ENDED];
      return (status !== 0) !== problemsOf(parseRuleset(text)).length > 0;
    });
    expect(differences).toEqual([]);
  });

  test(`are what nft refuses of ${count} changed rulesets`, { timeout: 3_600_000 }, () => {
    const changed = Array.from({ length: count }, (_, index) => mutatedRuleset(new Random(first + index)));
    const judged = judgeNft(changed.map(({ text }) => text));
    const differences = changed.flatMap(({ text, cause }, index) => {
      const [status, message] = judged[index] ?? [ENDED, ''];
      const problems = problemsOf(parseRuleset(text));
      // A name that another machine may know is no error, whatever this one says of it.
      const isTold = problems.some(({ mayBeKnown }) => !mayBeKnown || status !== 0);
      if (status === ENDED || (status !== 0) === isTold) return [];
      const told = problems.map((each) => `${each.message} «${text.slice(each.start, each.end)}»`);
      return [`${first + index} ${cause}: nft ${status === 0 ? 'takes it' : message}; we ${told.join(' ')}`];
    });
    if (process.env['KUBE_PROXY_NFT_TELL'] === '1') console.log(differences.join('\n'));
    const refused = judged.filter(([status]) => status !== 0).length;
    expect(refused).toBeGreaterThan(count / 3);
    expect(refused).toBeLessThan(count);
    const wrongly = differences.filter((each) => each.includes('takes it'));
    expect(wrongly.length / count).toBeLessThanOrEqual((1 - LEAST_AGREEMENT) / 2);
    expect(1 - differences.length / count, differences.join('\n')).toBeGreaterThanOrEqual(LEAST_AGREEMENT);
  });
});
