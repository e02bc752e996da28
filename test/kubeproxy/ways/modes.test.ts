/** Every way of a node in nftables and IPVS mode, as in iptables mode. */
import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { allFindings } from '../../../src/kubeproxy/findings/all.ts';
import type { Finding } from '../../../src/kubeproxy/findings/finding.ts';
import { findingTable } from '../../../src/kubeproxy/findings/table.ts';
import { everyWay } from '../../../src/kubeproxy/ways/everyWay.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../dumps.ts';

const link = (ifname: string, local: string, prefixlen: number): object => ({
  ifindex: 2,
  ifname,
  flags: ['UP'],
  addr_info: [{ family: 'inet', local, prefixlen, scope: 'global' }],
});
const addresses = JSON.stringify([link('eth0', '192.168.0.2', 24), link('cni0', '10.244.1.1', 24)]);

const iptables = filesOf(
  ['iptables-save.txt', dumpText('1.36.3', 'iptables-save.txt')],
  ['ip6tables-save.txt', dumpText('1.36.3', 'ip6tables-save.txt')],
  ['ip-addr.json', addresses],
);
const listing = dumpText('1.36.3-nftables', 'nft.txt') ?? '';

function filesOf(
  ...files: readonly (readonly [SnapshotFileName, string | null])[]
): ReadonlyMap<SnapshotFileName, string> {
  return new Map(files.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const])));
}

function packetFindings(files: ReadonlyMap<SnapshotFileName, string>): readonly Finding[] {
  return finish(allFindings(analysisOfFiles(files))).filter(
    ({ code }) => findingTable[code].layer === 'packet',
  );
}

describe('in nftables mode', () => {
  it('the same Services hide who asks as in iptables mode', () => {
    const [native, other] = [filesOf(['nft.txt', listing], ['ip-addr.json', addresses]), iptables].map(
      (files) => {
        const every = finish(everyWay(analysisOfFiles(files)));
        expect(every.left).toBe(0);
        expect(every.ended).toEqual([]);
        return new Set(every.hidden.map(({ name }) => name));
      },
    );
    expect(native).toEqual(other);
    expect(native?.size).toBeGreaterThan(10);
  });

  it('a DROP of somebody else’s table is told once, with its rule', () => {
    const corp = `table inet corp {
	chain forward {
		type filter hook forward priority filter - 5; policy accept;
		tcp dport 8080 drop
	}
}
`;
    const [found, ...others] = packetFindings(filesOf(['nft.txt', listing + corp])).filter(
      ({ code }) => code === 'unreachable-from',
    );
    expect(others).toEqual([]);
    expect(found?.at).toMatchObject({ source: 'nft', table: 'inet corp', chain: 'forward', index: 0 });
    expect(found?.message).toMatch(
      /^Cluster IPs.* of \d+ Services are not reached.*dropped by rule 1 of forward/,
    );
  });
});

const rules = (more: string): string => `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
${more}COMMIT
`;

const node = JSON.stringify([
  link('eth0', '192.168.0.2', 24),
  link('cni0', '10.244.1.1', 24),
  link('kube-ipvs0', '10.96.0.9', 32),
]);
const sets =
  'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\nadd KUBE-CLUSTER-IP 10.96.0.9,tcp:80\n';
const servers = '-A -t 10.96.0.9:80 -s rr\n-a -t 10.96.0.9:80 -r 10.244.1.5:8080 -m -w 1\n';
const files = (more: string): ReadonlyMap<SnapshotFileName, string> =>
  filesOf(
    ['iptables-save.txt', rules(more)],
    ['ipset-save.txt', sets],
    ['ipvsadm-save.txt', servers],
    ['ip-addr.json', node],
  );
const codes = (more: string): readonly string[] =>
  packetFindings(files(more)).map(({ code, message }) => `${code} ${/rule 1 of INPUT/.test(message)}`);

describe('in IPVS mode', () => {
  it('a DROP for what is sent to a virtual server is told', () => {
    expect(codes('')).not.toContain('unreachable-from true');
    expect(codes('-A INPUT -p tcp -m tcp --dport 80 -j DROP\n')).toContain('unreachable-from true');
  });
});
