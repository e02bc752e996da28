import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/values/address.ts';
import { inferArrival } from '../../src/kernel/arrival.ts';
import { dump, engineOf, ending, flow, labFiles, nodeOf, results } from './fixtures.ts';
import { readPolicyLab } from './policyLab.ts';

describe('where packets of an address come in', () => {
  test.each([
    ['10.244.1.5', { kind: 'pod', interface: 'cni0' }],
    ['192.168.0.2', { kind: 'node', interface: null }],
    ['10.244.1.1', { kind: 'node', interface: null }],
    ['127.0.0.1', { kind: 'node', interface: null }],
    ['192.168.0.77', { kind: 'external', interface: 'eth0' }],
    ['203.0.113.9', { kind: 'external', interface: 'eth0', byDefault: true }],
    ['fd00:10:244:1::5', { kind: 'pod', interface: 'cni0' }],
    ['2001:db8::1', { kind: 'external', interface: 'eth0', byDefault: true }],
  ])('%s', (text, guess) => {
    const address = parseAddress(text);
    expect(address !== null && inferArrival(nodeOf(labFiles), address.family, address)).toEqual(guess);
  });

  test('is not known without routes', () => {
    const address = parseAddress('10.244.1.5');
    expect(address !== null && inferArrival(nodeOf({}), 4, address)).toEqual({
      kind: 'external',
      interface: undefined,
    });
  });
});

describe('on a node with more than one way in', () => {
  const { interface: given, ...client } = flow('client > 10.244.1.5:80').from;
  const rules = dump({
    nat: [
      '-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 31080 -j DNAT --to-destination 10.244.1.5:8080',
    ],
  });
  const files = readPolicyLab(null, ['net.ipv4.conf.eth1.rp_filter = 1']);
  const ask = (to: string, from: object = client): ReturnType<ReturnType<typeof engineOf>['trace']> =>
    engineOf(rules, files).trace({ ...flow(`client > ${to} tcp`), from: { ...client, ...from } });

  test('a packet to the address of another one than the default route leads by may come in by either', () => {
    const packet = { ...flow('client > 172.16.5.2:31080 tcp'), from: client };
    const trace = ask('172.16.5.2:31080');
    expect(results(trace, packet).map(ending)).toEqual([
      'drop kernel',
      'forward 198.51.100.7:40000 > 10.244.1.5:8080 cni0',
    ]);
    expect(trace.assumptions.find(({ branched }) => branched)?.claim).toBe(
      'the packet comes in by eth1, which has 172.16.5.2',
    );
  });

  test('any other packet comes in as the default route leads back, aloud', () => {
    const trace = ask('192.168.0.2:31080');
    expect(trace.outcomes.map(({ verdict }) => verdict)).toEqual(['forward']);
    expect(trace.assumptions.map(({ message }) => message)).toContain(
      'The packet is taken to come in by eth0, by which an answer to 198.51.100.7 leaves; the node has other ways in (eth1).',
    );
  });

  test.each([
    ['whose interface is given', { interface: given }],
    ['of a network that a link is in', { address: '192.168.0.77' }],
    ['of a pod', { kind: 'pod', address: '10.244.1.9' }],
  ])('nothing is assumed of a packet %s', (_, from) => {
    const codes = ask('172.16.5.2:31080', from).assumptions.map(({ code }) => code);
    expect(codes.filter((code) => code.startsWith('arrival'))).toEqual([]);
  });
});
