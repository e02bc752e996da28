import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  base32,
  endpointSuffix,
  hash16,
  nftablesChainName,
  type NftablesChainKind,
  servicePortSpellings,
  serviceSuffix,
} from '../../../../src/kubeproxy/modes/iptables/hashes.ts';

/** Names seen on real nodes. */
test.each([
  ['default/kubernetes:httpstcp', 'NPX46M4PTMTKRN6Y'],
  ['kube-system/kube-dns:dnsudp', 'TCOU7JCQXEZGVUNU'],
  ['kube-system/kube-dns:dns-tcptcp', 'ERIFXISQEP7F7OF4'],
  ['default/nginx-svc:httptcp', 'ELCM5PCEQWBTUJ2I'],
  ['default/kubernetes:httpstcp192.168.205.10:6443', 'AJDQ5GXJFICQGLFW'],
  ['default/nginx-svc:httptcp10.244.2.3:80', 'FUXUN3DWXBWDLOEM'],
  ['default/nginx:tcp', '4N57TFCL4MD7ZTDA'],
  ['default/xtcp[fd00::1]:80', 'JORMIT2ETOCDIV7V'],
])('%s → %s', (text, expected) => {
  expect(hash16(text)).toBe(expected);
});

function judge(text: string): string {
  return base32(createHash('sha256').update(text, 'utf8').digest().subarray(0, 10));
}

test('any text hashes as node:crypto hashes its UTF-8, a lone surrogate as the replacement character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(hash16(text)).toBe(judge(text));
    }),
  );
  expect(hash16('a\uD800b')).toBe(judge('a\uFFFDb'));
});

test('a Service port and its protocol make the suffix', () => {
  expect(serviceSuffix('kube-system/kube-dns:dns', 'udp')).toBe('TCOU7JCQXEZGVUNU');
});

test('an endpoint makes the suffix of its own chain', () => {
  expect(endpointSuffix('default/x', 'tcp', '[fd00::1]:80')).toBe('JORMIT2ETOCDIV7V');
});

test('an unnamed port has two spellings, of which the older ends in a colon', () => {
  const [, old = ''] = servicePortSpellings('default/nginx');
  expect(serviceSuffix(old, 'tcp')).toBe('4N57TFCL4MD7ZTDA');
  expect(servicePortSpellings('default/nginx:http')).toEqual(['default/nginx:http']);
});

test('a chain of nftables mode carries its name in clear', () => {
  const parts = { namespace: 'ns1', service: 'svc1', protocol: 'tcp', port: 'p80' };
  expect(nftablesChainName('service', parts)).toBe('service-ULMVA6XW-ns1/svc1/tcp/p80');
});

const kinds: readonly NftablesChainKind[] = [
  'service',
  'local',
  'external',
  'endpoint',
  'affinity',
  'firewall',
];

function kindOf(text: string | undefined): NftablesChainKind {
  const kind = kinds.find((each) => each === text);
  if (kind === undefined) throw new Error(`no kind of chain: ${text}`);
  return kind;
}

test('every chain of a real nftables-mode node has the name worked out here', () => {
  const nft = readFileSync(new URL('../../../dumps/1.36.3-nftables/nft.txt', import.meta.url), 'utf8');
  const pattern =
    /(service|local|external|endpoint|affinity|firewall)-([A-Z2-7]{8})-([^/\s]+)\/([^/\s]+)\/([a-z]+)\/([^/\s"{},_]*)(?:__([\d.a-f]+)\/(\d+))?/gu;
  const seen = { service: 0, endpoint: 0 };
  for (const [
    name,
    kind,
    ,
    namespace = '',
    service = '',
    protocol = '',
    port = '',
    address,
    number,
  ] of nft.matchAll(pattern)) {
    const parts = { namespace, service, protocol, port };
    const endpoint = address === undefined ? undefined : { address, port: Number(number) };
    expect(nftablesChainName(kindOf(kind), parts, endpoint)).toBe(name);
    if (endpoint === undefined) seen.service++;
    else seen.endpoint++;
  }
  expect(seen.service).toBeGreaterThan(300);
  expect(seen.endpoint).toBeGreaterThan(10);
});

test('base32 holds every bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const letters = base32(bytes);
      const back = Array.from(letters)
        .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
        .join('');
      expect(back.startsWith(bits)).toBe(true);
      expect(back.slice(bits.length)).toMatch(/^0{0,4}$/u);
    }),
  );
});
