/** What `nft list chain` and `nft list map` show is a part, and no mistake; what a whole table lacks is one. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { NftDocument } from '../../../src/language/nftables/nftDocument.ts';
import { nftFindings } from '../../../src/language/nftables/findings.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dumpText } from '../../kubeproxy/dumps.ts';

function found(text: string): readonly (readonly [code: string, message: string])[] {
  const document = new NftDocument({ uri: 'file:///node-1/nft.txt', version: 1, text });
  return nftFindings(document).map(({ code, message }) => [code, message]);
}

const SERVICES = 'chain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n\t}\n';
const HOOKED =
  'chain nat-prerouting {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n\t\tjump services\n\t}\n';
const table = (...items: readonly string[]): string =>
  `table ip kube-proxy {\n${items.map((item) => `\t${item}`).join('\n')}}\n`;

describe('one thing of a table', () => {
  it.each([
    ['a chain', table(SERVICES), 'service-ips is'],
    ['a chain at a hook', table(HOOKED), 'services is'],
    [
      'a map',
      table(
        'map service-ips {\n\t\ttype ipv4_addr . inet_proto . inet_service : verdict\n\t\telements = { 10.96.0.1 . tcp . 443 : goto service-A, 10.96.0.1 . tcp . 80 : goto service-B }\n\t}\n',
      ),
      'service-A and service-B are',
    ],
    ['what a command shows', `$ nft list ruleset | head -12\n${table(HOOKED, SERVICES)}`, 'service-ips is'],
    [
      'a chain that iptables made',
      'table ip nat {\n\tchain KUBE-SERVICES {\n\t\tip daddr 10.96.0.1 jump KUBE-SVC-NPX46M4PTMTKRN6Y\n\t}\n}\n',
      'KUBE-SVC-NPX46M4PTMTKRN6Y is',
    ],
  ])('%s has one note', (_, text, says) => {
    const all = found(text).filter(([code]) => code !== 'pasted-noise');
    expect(all).toEqual([['part-of-dump', expect.stringContaining(`a part of what nft lists: ${says}`)]]);
  });

  it('of a whole table, and of what somebody wrote, a name that nothing has stays an error', () => {
    const whole = dumpText('1.36.3-nftables', 'nft.txt') ?? '';
    expect(found(whole)).toEqual([]);
    const broken = whole.replace('vmap @service-ips', 'vmap @service-ipz');
    expect(found(broken)).toEqual([['nft-unknown-name', expect.stringContaining('service-ipz')]]);
    const hint = 'table ip mangle {\n\tchain KUBE-IPTABLES-HINT {\n\t}\n}\n';
    expect(found(hint + broken)).toEqual([['nft-unknown-name', expect.stringContaining('service-ipz')]]);
    const written = 'table inet mine {\n\tchain input {\n\t\ttcp dport 22 jump logged\n\t}\n}\n';
    expect(found(written)).toEqual([['nft-unknown-name', expect.stringContaining('logged')]]);
  });
});

describe('a trace through a part', () => {
  const flow: Flow = {
    family: 4,
    from: { kind: 'pod', address: '10.244.1.7', port: null },
    to: { address: '10.96.0.1', port: 443 },
    protocol: 'tcp',
  };
  const answered = (text: string) => {
    const answer = answerOf(analysisOfFiles(new Map([['nft.txt', text]])), flow, {});
    return {
      codes: answer?.assumptions.map(({ code }) => code),
      verdicts: answer?.outcomes.map(({ verdict }) => verdict),
    };
  };

  it('does not know what a map leads to that is not in it', () => {
    const { codes, verdicts } = answered(`$ nft list table ip kube-proxy | head\n${table(HOOKED, SERVICES)}`);
    expect(verdicts).toContain('unknown');
    expect(codes).toContain('part-of-dump');
  });

  it('ends where nothing shows what leads packets to it', () => {
    expect(new Set(answered(table(SERVICES)).verdicts)).toEqual(new Set(['unknown']));
  });
});
