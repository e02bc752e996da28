import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  keyOfPort,
  nftablesChainName,
  type NftablesChainKind,
  portKeyOf,
  readPortChain,
} from '../../../../src/kubeproxy/modes/nftables/names.ts';

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

test('a name is read back, and gives the letters that its chains share', () => {
  const chain = readPortChain('endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80');
  const name = { namespace: 'ns1', service: 'svc1', portName: 'p80' };
  expect(chain).toMatchObject({ kind: 'endpoint', name, protocol: 'tcp', endpoint: '10.180.0.1/80' });
  expect(keyOfPort(name, 'tcp')).toBe('ULMVA6XW');
  expect(portKeyOf('ns1/svc1:p80', 'tcp')).toBe('ULMVA6XW');
});

test.each([
  ['service-ULMVA6XW-ns1/svc1/tcp/', { name: { namespace: 'ns1', service: 'svc1', portName: '' } }],
  ['service-ULMVA6XW-a-very-long-namespace/a-ve...', { hash: 'ULMVA6XW', name: null }],
  ['service-endpoints-check', null],
])('%s', (chain, expected) => {
  if (expected === null) expect(readPortChain(chain)).toBeNull();
  else expect(readPortChain(chain)).toMatchObject(expected);
});
