import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  endpointSuffix,
  hash16,
  servicePortSpellings,
  serviceSuffix,
} from '../../../../src/kubeproxy/modes/iptables/hashes.ts';
import { base32 } from '../../../../src/kubeproxy/modes/base32.ts';

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
