/** Rules of nft as people write them from memory: what the message says, and what nft makes of the text once its fixes are applied. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createIptablesLanguageService } from '../../../src/language/languageService.ts';
import { withNftables } from '../../../src/language/nftables/languageService.ts';
import { NftDocument } from '../../../src/language/nftables/nftDocument.ts';
import { finish } from '../../../src/values/steps.ts';

const URI = 'file:///node-1/nft.txt';
const service = withNftables(
  createIptablesLanguageService({ links: null, trace: null, convert: null, lineFeeds: null }),
);

/** What `nft list ruleset` says after `text` was loaded; the words of a refusal. */
function kept(text: string): string {
  const command = 'nft -f - && nft list ruleset';
  const done = spawnSync('unshare', ['--net', 'sh', '-c', command], { input: text, encoding: 'utf8' });
  return done.status === 0 ? done.stdout : `refused: ${done.stderr}`;
}

const cannotAsk = !kept('table inet t { }\n').startsWith('table inet t');
if (cannotAsk && process.env['KUBE_PROXY_NO_SKIP'] === '1') throw new Error('nft cannot be asked here.');

function inChain(rule: string): string {
  return `table inet filter {\n  chain input {\n    type filter hook input priority 0\n    ${rule}\n  }\n}\n`;
}

function messagesOf(text: string): string {
  const document = new NftDocument({ uri: URI, version: 1, text });
  return finish(service.findings(document))
    .map(({ message }) => message)
    .join('\n');
}

/** Rules that need several fixes get them one after the other. */
const MOST_FIXES = 4;

function fixed(text: string): string {
  let now = text;
  for (let count = 0; count < MOST_FIXES; count++) {
    const document = new NftDocument({ uri: URI, version: 1, text: now });
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const request = { range, only: ['quickfix'], levels: new Map() };
    const [action] = finish(service.codeActions(document, request));
    const edits = action?.edit?.changes?.[URI];
    if (edits === undefined) return now;
    now = TextDocument.applyEdits(TextDocument.create(URI, 'nftables', 1, now), edits);
  }
  return now;
}

const cured: readonly (readonly [written: string, meant: string, says: RegExp])[] = [
  ['tcp dport 22 accepted', 'tcp dport 22 accept', /Did you mean accept\?/],
  ['tcp dport 22 ACCEPT', 'tcp dport 22 accept', /small letters: accept/],
  ['tcp dport 22 allow', 'tcp dport 22 accept', /Did you mean accept\?/],
  ['ct state NEW accept', 'ct state new accept', /small letters: new/],
  ['ct state new,realted accept', 'ct state new,related accept', /Did you mean related\?/],
  ['tcp dport ssh,http accept', 'tcp dport { ssh, http } accept', /a set in braces\. Write \{ ssh, http \}/],
  ['ip saddr != 10.0.0.1, 10.0.0.2 drop', 'ip saddr != { 10.0.0.1, 10.0.0.2 } drop', /a set in braces/],
  ['tcp dport { 22 80 } accept', 'tcp dport { 22, 80 } accept', /commas between/],
  ['tcp port 22 accept', 'tcp dport 22 accept', /tcp has no field port\. Did you mean dport\?/],
  ['tcp dport = 22 accept', 'tcp dport 22 accept', /without "="/],
  ['saddr 10.0.0.1 drop', 'ip saddr 10.0.0.1 drop', /the header before it: ip saddr/],
  ['saddr fd00::1 drop', 'ip6 saddr fd00::1 drop', /the header before it: ip6 saddr/],
  ['icmp type ping accept', 'icmp type echo-request accept', /Did you mean echo-request\?/],
  [
    'icmpv6 type nd-neighbour-solicit accept',
    'icmpv6 type nd-neighbor-solicit accept',
    /nd-neighbor-solicit/,
  ],
  ['limit rate 5/sec accept', 'limit rate 5/second accept', /5\/second/],
  ['limit rate over 5 per minute drop', 'limit rate over 5/minute drop', /5\/minute/],
  ['reject with tcp-reset', 'reject with tcp reset', /with a blank: reject with tcp reset/],
  ['reject with icmp-port-unreachable', 'reject with icmp port-unreachable', /with a blank/],
  ['quota over 10 mb drop', 'quota over 10 mbytes drop', /mbytes/],
  ['fib daddr type LOCAL accept', 'fib daddr type local accept', /small letters: local/],
  ['meta nfproto ip4 accept', 'meta nfproto ipv4 accept', /Did you mean ipv4\?/],
  ['coutner drop', 'counter drop', /Did you mean counter\?/],
];

const told: readonly (readonly [written: string, says: RegExp])[] = [
  ['-p tcp --dport 22 -j ACCEPT', /how iptables writes it/],
  ['dport 22 accept', /tcp dport, udp dport, or th dport/],
  ['ct state established related accept', /commas between: ct state established,related/],
  ['not tcp dport 22 drop', /negates the value: tcp dport != 22/],
  ['log prefix dropped: drop', /stands in quotes/],
  ['icmp type echo accept', /echo is not known as icmp_type\.$/m],
  ['meta mark set 0x1/0xff', /"and" and "or"/],
  ['vmap { 22 : accept }', /stands before it/],
];

describe.skipIf(cannotAsk)('a rule of nft that somebody wrote from memory', () => {
  it.each(cured)('%s', (written, meant, says) => {
    const text = inChain(written);
    expect(kept(text)).toMatch(/^refused/);
    expect(messagesOf(text)).toMatch(says);
    expect(kept(fixed(text))).toBe(kept(inChain(meant)));
  });

  it.each(told)('%s', (written, says) => {
    const text = inChain(written);
    expect(kept(text)).toMatch(/^refused/);
    expect(messagesOf(text)).toMatch(says);
  });

  it('written on one line', () => {
    const text = 'table inet filter { chain input { tcp dport 22 accept } }\n';
    expect(kept(text)).toMatch(/^refused/);
    expect(kept(fixed(text))).toBe(
      kept('table inet filter {\n chain input {\n tcp dport 22 accept\n }\n}\n'),
    );
  });

  it.each([
    ['ip', 'reject with icmpx type port-unreachable', 'reject with icmp port-unreachable'],
    ['ip6', 'reject with icmpx admin-prohibited', 'reject with icmpv6 admin-prohibited'],
  ])('of a table of %s: %s', (family, written, meant) => {
    const inTable = (rule: string): string => inChain(rule).replace('inet', family);
    expect(kept(inTable(written))).toMatch(/^refused/);
    expect(messagesOf(inTable(written))).toMatch(/icmpx is for tables of both/);
    expect(kept(fixed(inTable(written)))).toBe(kept(inTable(meant)));
  });

  it.each([
    ['tables inet filter { }', /Did you mean table\?/],
    ['table inet6 filter { }', /Families are ip, ip6/],
  ])('%s', (text, says) => {
    expect(kept(`${text}\n`)).toMatch(/^refused/);
    expect(messagesOf(`${text}\n`)).toMatch(says);
  });
});
