import { describe, expect, it } from 'vitest';
import { endText, virtualName } from '../../../src/rules/ipvs/names.ts';
import type { IpvsRules } from '../../../src/rules/ipvs/nodes.ts';
import { parseIpvs } from '../../../src/rules/ipvs/parser.ts';
import { printIpvs } from '../../../src/rules/ipvs/printer.ts';

const saved = `-A -t 10.9.9.9:80 -s rr
-a -t 10.9.9.9:80 -r 10.244.1.5:8080 -m -w 1
-a -t 10.9.9.9:80 -r 10.244.2.5:8080 -g -w 0
-A -t 10.9.9.9:87 -s wrr -p 3 -M 255.255.255.0
-A -u 10.9.9.9:55 -s sh -o -b sh-port,sh-fallback
-a -u 10.9.9.9:55 -r 10.244.1.5:8055 -i -w 1 -x 100
-A -t [fd00:9::9]:80 -s rr -p 10 -M 64
-a -t [fd00:9::9]:80 -r [fd00:10:244:1::5]:8080 -m -w 1
-A -f 7 -s rr
-a -f 7 -r 10.244.1.5:0 -m -w 1
-A -f 8 -6 -s rr
`;

const listed = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.9.9.9:80 rr
  -> 10.244.1.5:8080              Masq    1      4          11
  -> 10.244.2.5:8080              Route   0      0          0
TCP  10.9.9.9:87 wrr persistent 3 mask 255.255.255.0
UDP  10.9.9.9:55 sh (sh-port,sh-fallback) ops
  -> 10.244.1.5:8055              Tunnel  1      0          0
TCP  [fd00:9::9]:80 rr persistent 10 mask 64
  -> [fd00:10:244:1::5]:8080      Masq    1      0          0
FWM  7 rr
  -> 10.244.1.5:0                 Masq    1      0          0
FWM  8 IPv6 rr
`;

const counted = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.9.9.9:80                         3        9        6      540      360
  -> 10.244.1.5:8080                     3        9        6      540      360
`;

const connections = `IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:54  ESTABLISHED 10.0.0.1:40000     10.9.9.9:80        10.244.1.5:8080
UDP 04:59  UDP         10.0.0.1:40001     10.9.9.9:55        10.244.1.5:8055
TCP 00:02  NONE        10.0.0.1:0         10.9.9.9:87        10.244.1.5:8087
`;

const codes = (rules: IpvsRules): readonly string[] =>
  rules.problems.map(({ code, detail }) => (detail === '' ? code : `${code} ${detail}`));

describe('what ipvsadm lists', () => {
  it('is written back as ipvsadm -Sn writes it', () => {
    const rules = parseIpvs(saved);
    expect(codes(rules)).toEqual([]);
    expect(printIpvs(rules.services)).toBe(saved);
  });

  it('says the same in columns, but for thresholds', () => {
    const rules = parseIpvs(listed);
    expect(codes(rules)).toEqual([]);
    expect(printIpvs(rules.services)).toBe(saved.replace(' -x 100', ''));
    expect(rules.services[0]?.servers[0]).toMatchObject({ active: 4, inactive: 11 });
  });

  it('leaves out of counters what they do not say, and takes it from another listing', () => {
    const alone = parseIpvs(counted);
    expect(alone.services[0]).toMatchObject({ scheduler: null });
    expect(alone.services[0]?.servers[0]).toMatchObject({ weight: null, forwarding: null });
    const both = parseIpvs(`${counted}${listed}`);
    expect(codes(both)).toEqual([]);
    expect(both.services[0]).toMatchObject({ scheduler: 'rr' });
    expect(both.services[0]?.servers).toHaveLength(2);
  });

  it('has connections and templates', () => {
    const rules = parseIpvs(connections);
    expect(codes(rules)).toEqual([]);
    expect(
      rules.connections?.map(({ protocol, state, expires, client, server }) =>
        [protocol, state, expires, endText(client), endText(server)].join(' '),
      ),
    ).toEqual([
      'tcp ESTABLISHED 894 10.0.0.1:40000 10.244.1.5:8080',
      'udp UDP 299 10.0.0.1:40001 10.244.1.5:8055',
      'tcp NONE 2 10.0.0.1:0 10.244.1.5:8087',
    ]);
    expect(parseIpvs(saved).connections).toBeNull();
  });

  it('names each by what it takes, at its line', () => {
    const { services } = parseIpvs(saved);
    expect(services.map(({ virtual }) => virtualName(virtual))).toEqual([
      'TCP 10.9.9.9:80',
      'TCP 10.9.9.9:87',
      'UDP 10.9.9.9:55',
      'TCP [fd00:9::9]:80',
      'FWM 7',
      'FWM 8 IPv6',
    ]);
    const second = services[1];
    expect(saved.slice(second?.start, second?.end)).toBe('-A -t 10.9.9.9:87 -s wrr -p 3 -M 255.255.255.0');
  });

  it('names what it cannot read, and reads on', () => {
    const rules = parseIpvs(`-A -t web.example:http -s rr
-a -t 10.9.9.9:80 -r 10.244.1.5:8080 -m -w 1
-A -t 10.9.9.9:80 -s rr --colour red
-a -t 10.9.9.9:80 -r 10.244.1.5:99999 -m
hello
`);
    expect(codes(rules)).toEqual([
      'named-end web.example:http',
      'no-virtual-server 10.244.1.5:8080',
      'unknown-word --colour',
      'named-end 10.244.1.5:99999',
      'bad-line hello',
    ]);
    expect(rules.services).toHaveLength(1);
    expect(codes(parseIpvs('hello\nworld\n'))).toEqual(['not-ipvs']);
    expect(codes(parseIpvs(''))).toEqual([]);
  });

  it('never throws', () => {
    const all = `${saved}${listed}${counted}${connections}`;
    for (let seed = 1; seed <= 300; seed++) {
      const from = (seed * 7919) % all.length;
      const length = (seed * 31) % 40;
      const text = all.slice(0, from) + all.slice(from + length, from + length + 200);
      expect(() => printIpvs(parseIpvs(text).services)).not.toThrow();
    }
  });
});
