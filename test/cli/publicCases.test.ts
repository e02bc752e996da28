/** Kinds of trouble that people post in public, each in its smallest form: what the terminal says of them is right. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ran } from '../support/inProcess.ts';

const CASES = join(import.meta.dirname, '../fixtures/cases');

/** Lines that were wrapped are one again. Of a case, by its number; a word with a slash in front is a path in its folder, and `/` is the folder. */
async function asked(number: string, ...words: readonly string[]): Promise<string> {
  const name = readdirSync(CASES).find((each) => each.startsWith(`${number}-`)) ?? '';
  const folder = join(CASES, name);
  const { out, err } = await ran(...words.map((word) => (word.startsWith('/') ? join(folder, word) : word)));
  return `${out}\n${err}`.replaceAll(/\n +/g, ' ');
}

interface Question {
  readonly number: string;
  readonly words: string;
  readonly says: readonly RegExp[];
  readonly never?: readonly RegExp[];
}

const HEAD = '^[✓✗±] ';

const head = (text: string): RegExp => new RegExp(HEAD + text);

const questions: readonly Question[] = [
  {
    number: '01',
    words: 'trace /iptables-save.txt --from pod:10.244.1.9 --to default/kubernetes:https',
    says: [head('It depends: dropped by the policy of INPUT .* if 192.0.2.10 is this node’s; forwarded to')],
  },
  {
    number: '02',
    words: 'check /grep.txt',
    says: [/\[part-of-dump\]/, /read as table nat\./, /! 2 notes in 5 rules/],
    never: [/error/, /not allowed/, /not declared/],
  },
  { number: '02', words: 'tree /grep.txt --by service', says: [/cart {2}ClusterIP, node port · 1 endpoint/] },
  {
    number: '02',
    words: 'trace /grep.txt --from pod:10.244.2.2 --to 10.96.7.7:80',
    says: [head('Forwarded to 10.244.1.5:8080'), /Assumed: These rules are a part of what the node has\./],
  },
  {
    number: '02',
    words: 'check /two-greps.txt',
    says: [/read as tables nat and mangle\./],
    never: [/error/],
  },
  {
    number: '03',
    words: 'trace /rules.txt --from external:203.0.113.9 --to 192.0.2.10:8080',
    says: [head('Delivered to this node itself, at 192.0.2.10:15001, translated by rule 1 of EDGE')],
    never: [/-c 4 240/, /It depends/],
  },
  {
    number: '04',
    words: 'trace /iptables-save.txt --from external:203.0.113.9 --to 192.0.2.10:31080',
    says: [/dropped: shop\/cart:http has no endpoint on this node, and its traffic policy is Local, if 192/],
    never: [/source range/],
  },
  {
    number: '04',
    words: 'trace /iptables-save.txt --from node:192.0.2.10 --to 203.0.113.80:80',
    says: [head('Dropped: shop/cart:http has no endpoint on this node')],
  },
  {
    number: '04',
    words: 'tree /iptables-save.txt --by service',
    says: [/dropped, unless from pods: no endpoints on this node/],
    never: [/from pods or this node/],
  },
  {
    number: '05',
    words: 'trace /with-addr --from pod:10.1.0.5 --to 203.0.113.9:443',
    says: [/unchanged, if it leaves by vlan\+; forwarded to 203\.0\.113\.9:443, as 192\.0\.2\.10 \(SNAT\)/],
  },
  {
    number: '06',
    words: 'trace /rules.txt --from external:203.0.113.9 --to 192.0.2.10:8080',
    says: [head('Delivered to this node itself, at 192.0.2.10:15006')],
    never: [/127\.0\.0\.1/, /route_localnet/],
  },
  {
    number: '07',
    words: 'trace / --from pod:10.244.1.9 --to 169.254.20.10:53 --protocol udp',
    says: [head('Dropped by rule 1 of INPUT')],
  },
  {
    number: '08',
    words: 'trace / --from pod:10.244.1.9 --to 10.96.3.45:53 --protocol udp',
    says: [/the client gets the answer from 169\.254\.20\.10:53, which it never asked: rule 1 of OUTPUT/],
  },
  { number: '09', words: 'check /rules.txt', says: [/No problems in 2 rules/] },
  {
    number: '09',
    words: 'trace /rules.txt --from external:203.0.113.9 --to 192.0.2.10:8080',
    says: [head('Forwarded to 192.0.2.77:80, translated by rule 1 of EDGE')],
  },
  {
    number: '10',
    words: 'trace / --from pod:10.244.1.9 --to 203.0.113.9:443',
    says: [
      /Not everything that was given could be read.*line 5 of the rules is not understood/,
      /`ip -j addr > ip-addr\.json` \(in place of the part that was given\)/,
    ],
  },
  ...['tree /', 'explain / FORWARD'].map((words) => ({
    number: '10',
    words,
    says: [/line 5 of the rules is not understood/],
  })),
  {
    number: '11',
    words: 'trace / --from pod:10.244.2.2 --to 10.96.7.7 --protocol icmp',
    says: [head('Nobody answers there: 10.96.7.7 is the ClusterIP of shop/cart, which has 80/TCP there')],
  },
  {
    number: '12',
    words: 'trace / --from pod:10.244.2.2:51515 --to kube-system/kube-dns:dns',
    says: [
      head('Forwarded to 10.244.1.4:53, translated by its known connection, not by these rules'),
      /no endpoint of kube-system\/kube-dns:dns any more/,
      /No reply was seen/,
      /`conntrack -D /,
    ],
    never: [/unchanged/],
  },
  {
    number: '12',
    words: 'trace / --from pod:10.244.2.2 --to kube-system/kube-dns:dns',
    says: [/connections that the node knows from 10\.244\.2\.2 .* go to 10\.244\.1\.4:53/],
  },
  { number: '12', words: 'check /', says: [/\[conntrack-stale\]/] },
  {
    number: '13',
    words: 'trace / --from pod:10.244.1.5 --to shop/cart:http',
    says: [/hairpin/, /bridge-link\.txt/],
  },
  {
    number: '14',
    words: 'trace / --from external:203.0.113.9 --to 192.0.2.10:31080 --interface eth0',
    says: [head('Forwarded to 10.244.1.5:8080'), /ip-route\.json lacks the table local/],
  },
  {
    number: '14',
    words: 'trace / --from external:203.0.113.9 --to 192.0.2.10:22 --interface eth0',
    says: [head('Dropped by the policy of INPUT')],
  },
  {
    number: '15',
    words: 'tree /listing-nvL.txt --by service',
    says: [/10\.244\.1\.5:8080 {2}50\.0 %/, /10\.244\.2\.5:8080 {2}50\.0 %/],
  },
  {
    number: '15',
    words: 'check /listing-nvL.txt',
    says: [/\[listing\]/, /read as table nat/],
    never: [/error/, /warning/],
  },
  {
    number: '15',
    words: 'check /listing-L.txt',
    says: [/shows no interfaces/, /Rule 2 of FORWARD never matches: rule 1 \(REJECT\)/],
  },
  {
    number: '23',
    words: 'trace / --from external:203.0.113.9 --to 192.0.2.10:31080',
    says: [head('Forwarded to 10.244.1.5:8080, the only endpoint of shop/cart:http'), /enters by eth0/],
    never: [/It depends/, /not valid JSON/],
  },
  {
    number: '24',
    words: 'trace /iptables-save.txt --kernel-trace /trace.txt',
    says: [
      /203\.0\.113\.9:50000 → 192\.0\.2\.10:31080 TCP SYN, in by eth0/,
      /nat +KUBE-NODEPORTS +rule 1 /,
      /Last seen at the policy ACCEPT of filter FORWARD, out by cni0/,
    ],
  },
  {
    number: '24',
    words: 'check /trace.txt',
    says: [/holds a trace of the kernel, no rules of iptables: "trace RULES --kernel-trace FILE"/],
  },
  {
    number: '25',
    words: 'explain /iptables-save.txt shop/cart:http',
    says: [/a client keeps its endpoint for 3 h, on this port of the Service alone/],
  },
  {
    number: '26',
    words: 'trace / --from node --to 127.0.0.1:31080',
    says: [/no answer can come back: the receiver takes 127\.0\.0\.1 for itself/],
    never: [/Replies come back/],
  },
  {
    number: '27',
    words: 'trace /iptables-save.txt --from external:203.0.113.9 --to 192.0.2.80:80',
    says: [/rule 2 of KUBE-FW-\w+ marked it for that before rule 3 .* lets 203\.0\.113\.9 in/],
  },
  {
    number: '27',
    words: 'tree /iptables-save.txt --by service',
    says: [/from 203\.0\.113\.0\/24: of no effect, behind the mark to drop/],
  },
  {
    number: '28',
    words: 'trace /iptables-save.txt --from pod:10.244.1.9 --to shop/cart:http',
    says: [head('Nobody answers there: shop/cart:http has no endpoints, and rule 1 of FLANNEL-FWD accepts')],
    never: [/It depends/],
  },
  {
    number: '28',
    words: 'tree /iptables-save.txt --by service',
    says: [/rejected: no endpoints, unless rule 1 of FLANNEL-FWD accepts it before/],
  },
  {
    number: '29',
    words: 'check /grep.txt',
    says: [/read as tables raw, nat and filter\./],
    never: [/error/, /not allowed/],
  },
  {
    number: '30',
    words: 'trace / --from external:203.0.113.9 --to 198.51.100.10:31080',
    says: [/rp_filter\) of eth1.* if it comes in by eth1; forwarded to 10\.244\.1\.5:8080/],
  },
];

describe.each(questions)('$number: $words', ({ number, words, says, never = [] }) => {
  test('says what is right', async () => {
    const told = await asked(number, ...words.split(' '));
    for (const each of says) expect(told).toMatch(each);
    for (const each of never) expect(told).not.toMatch(each);
  });
});

describe('19: text as it is pasted is read as the same two rules', () => {
  const [folder = ''] = readdirSync(CASES).filter((each) => each.startsWith('19-'));

  test.each(readdirSync(join(CASES, folder)))('%s', async (file) => {
    const checked = await asked('19', 'check', `/${file}`);
    expect(checked).toMatch(/notes? in 2 rules\./);
    expect(checked.match(/\[pasted-noise\]/g)).toHaveLength(1);
    const traced = await asked(
      '19',
      'trace',
      `/${file}`,
      '--from',
      'pod:10.244.1.9',
      '--to',
      '198.51.100.7:443',
    );
    expect(traced).toMatch(/dropped by rule 1 of EDGE.* if 198\.51\.100\.7 is not this node’s\./);
  });
});

describe('20: the words in which people ask', () => {
  const FORWARDED = /^✓ Forwarded to 10\.244\.1\.5:8080/;

  test.each(
    [
      ':31080',
      'node:31080',
      'localhost:31080',
      '31080',
      'shop/cart',
      'shop/cart:http',
      'svc/cart',
      'cart',
      'cart.shop.svc.cluster.local:80',
      '10.96.7.7',
      'http://10.96.7.7/',
      'pod:10.244.1.5:8080',
    ].flatMap((to) => ['external:203.0.113.9', 'external'].map((from) => [from, to])),
  )('from %s to %s', async (from = '', to = '') => {
    expect(await asked('20', 'trace', '/iptables-save.txt', '--from', from, '--to', to)).toMatch(FORWARDED);
  });

  test('the only port of a bare cluster IP is taken, and said', async () => {
    const told = await asked('20', 'trace', '/iptables-save.txt', '--from', 'pod', '--to', '10.96.7.7');
    expect(told).toMatch(/To: ClusterIP of shop\/cart:http, whose only port is 80\/TCP\b/);
  });

  test.each(['31080', ':31080', 'shop/cart', '10.244.1.5', '10.96.7.7'])('explain %s', async (what) => {
    expect(await asked('20', 'explain', '/iptables-save.txt', what)).toMatch(/^shop\/cart:http /);
  });
});
