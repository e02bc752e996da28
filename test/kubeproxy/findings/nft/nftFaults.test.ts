import { describe, expect, it } from 'vitest';
import { newOf } from '../rules/faults/fault.ts';
import { NftDump, tableOf } from './nftDump.ts';
import { nftFaults, nftPacketFaults } from './nftFaults.ts';
import { nftInnocents } from './nftInnocents.ts';

const dump = NftDump.of('1.36.3-nftables');

describe('in the listing of 1.36.3', () => {
  const before = dump.findings();

  it.each(nftFaults)('is found: $name', ({ make, codes }) => {
    expect(newOf(make(dump).findings(), before)).toEqual([...codes].sort());
  });

  it.each(nftInnocents)('is nothing: $name', ({ make }) => {
    expect(newOf(make(dump).findings(), before, 'warnings')).toEqual([]);
  });

  it.each(['jhash ip saddr mod 3 0', 'meta random < 2147483648', 'numgen random mod 2 0'])(
    'is not so much as a note, since each rule draws for itself: %s',
    (drawn) => {
      const rules = [`${drawn} drop`, `${drawn} drop`, `tcp dport 22 ${drawn} accept`];
      expect(newOf(dump.with(tableOf('corp', 'input', rules)).findings(), before)).toEqual([]);
    },
  );
});

describe('with packets traced', () => {
  const before = dump.findings('traced');

  it.each(nftPacketFaults)('is found: $name', ({ make, codes }) => {
    expect(newOf(make(dump).findings('traced'), before)).toEqual([...codes].sort());
  });

  it.each(['NodeLocal DNS Cache: skip conntrack', 'somebody else'])('what is not tracked: %s', (comment) => {
    const rule = `ip daddr 10.96.0.10 udp dport 53 notrack comment "${comment}"`;
    const made = dump.with(
      `table ip raw {\n\tchain PREROUTING {\n\t\ttype filter hook prerouting priority raw; policy accept;\n\t\t${rule}\n\t}\n}\n`,
    );
    const found = newOf(made.findings('traced'), before, 'warnings');
    expect(found.length).toBe(comment.startsWith('NodeLocal') ? 0 : 1);
  });
});

describe('addresses of node ports', () => {
  const addresses = JSON.stringify([
    {
      ifindex: 2,
      ifname: 'eth0',
      flags: ['UP'],
      addr_info: [
        { family: 'inet', local: '192.168.0.2', prefixlen: 24 },
        { family: 'inet6', local: 'fd00:192:168::2', prefixlen: 64 },
      ],
    },
  ]);
  const found = (elements: string): readonly string[] =>
    dump
      .replaced('elements = { 192.168.0.2 }', `elements = { ${elements} }`)
      .beside('ip-addr.json', addresses)
      .findings()
      .filter(({ code }) => code === 'virtual-address-missing')
      .map(({ severity, message }) => `${severity} ${/has (.*?), which/u.exec(message)?.[1] ?? ''}`);

  it('that no interface has are found', () => {
    expect(found('192.168.0.77')).toEqual(['warning 192.168.0.77']);
    expect(found('192.168.0.2, 192.168.0.77')).toEqual(['information 192.168.0.77']);
  });

  it('that the node has are none, nor those of a node whose addresses are not known', () => {
    const known = dump.beside('ip-addr.json', addresses).findings();
    expect([...known, ...before()].map(({ code }) => code)).not.toContain('virtual-address-missing');
  });
});

const before = (): ReturnType<NftDump['findings']> =>
  dump.replaced('elements = { 192.168.0.2 }', 'elements = { 192.168.0.77 }').findings();
