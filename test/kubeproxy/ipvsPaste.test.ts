/** Lists of ipvsadm as people paste them: read as what stands in them, each word where it was pasted. */
import { describe, expect, it } from 'vitest';
import { contentsOf } from '../../src/kubeproxy/facts/contents.ts';
import { factsInIpvs } from '../../src/kubeproxy/facts/factsInRules.ts';
import { isIpvsText, readIpvs } from '../../src/kubeproxy/ipvsSource.ts';
import { endText, virtualName } from '../../src/rules/ipvs/names.ts';

const listed = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.254.0.1:443 rr persistent 10800
  -> 172.16.16.81:6443            Masq    1      0          0
  -> 172.16.16.82:6443            Masq    1      0          0
UDP  10.254.0.2:53 rr
  -> 10.253.7.5:53                Masq    1      0          0
`;
const saved = `-A -t 10.254.0.1:443 -s rr -p 10800
-a -t 10.254.0.1:443 -r 172.16.16.81:6443 -m -w 1
-a -t 10.254.0.1:443 -r 172.16.16.82:6443 -m -w 1
-A -u 10.254.0.2:53 -s rr
-a -u 10.254.0.2:53 -r 10.253.7.5:53 -m -w 1
`;
const addresses = `4: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default
    inet 10.254.0.1/32 scope global kube-ipvs0
       valid_lft forever preferred_lft forever
`;

function before(prefix: string, text: string): string {
  return text.replaceAll(/^(?=.)/gm, prefix);
}

const ESCAPE = String.fromCharCode(27);

describe('a pasted list of ipvsadm', () => {
  it.each([
    ['with its prompt', `[root@vm01 ~]# ipvsadm -L -n\n${listed}`],
    ['in a fence', `\`\`\`console\n$ ipvsadm -Ln\n${listed}\`\`\`\n`],
    ['quoted', before('> ', listed)],
    ['indented', before('    ', listed)],
    ['added by a diff', before('+', listed)],
    ['with line numbers', listed.replaceAll(/^(?=.)/gm, '     7\t')],
    ['in a log', before('2026-11-30T02:25:09.123Z ', listed)],
    ['of a web page', listed.replaceAll('->', '-&gt;')],
    ['with an arrow', listed.replaceAll(' ->', ' →')],
    ['in colours', listed.replaceAll('10.254', `${ESCAPE}[31m10.254${ESCAPE}[0m`)],
    [
      'of kubectl',
      `kubectl -n kube-system exec kube-proxy-abc -- ipvsadm -ln\nDefaulted container "kube-proxy" out of: kube-proxy\n${listed}`,
    ],
    ['out of grep -A', listed.replace('UDP ', '--\nUDP ')],
    ['of -Sn', `root@node-1:~# ipvsadm-save -n\n${saved}`],
    ['of -Sn behind a #', `# ipvsadm -Sn\n${saved}`],
    ['as a script', before('sudo ipvsadm ', saved).replaceAll('sudo ipvsadm ', 'ipvsadm ')],
    ['above ip addr', `# ipvsadm -Ln\n${listed}# ip addr\n${addresses}`],
  ])('%s', (_form, text) => {
    expect(isIpvsText(text)).toBe(true);
    const { services, problems } = readIpvs(text);
    expect(problems).toEqual([]);
    expect(services.map(({ virtual, servers }) => [virtualName(virtual), servers.length])).toEqual([
      ['TCP 10.254.0.1:443', 2],
      ['UDP 10.254.0.2:53', 1],
    ]);
    // Offsets are those of the paste.
    for (const { start, end } of services) expect(text.slice(start, end)).toContain('10.254');
  });

  it('leaves out what a diff took away', () => {
    const text = `--- before\n+++ after\n@@ -4,3 +4,3 @@\n TCP  10.254.0.1:443 rr\n-  -> 172.16.16.81:6443            Masq    1      0          0\n+  -> 172.16.16.83:6443            Masq    1      0          0\n`;
    const { services, problems } = readIpvs(text);
    expect(problems).toEqual([]);
    expect(services.map(({ servers }) => servers.map(endText))).toEqual([['172.16.16.83:6443']]);
  });

  it('tells lines that are neither, and names without numbers', () => {
    const { problems } = readIpvs(
      `My service is down:\n${listed}TCP  ip-10-0-62-121.ec2.internal: rr\n  -> 100.98.125.10:http           Masq    1      2          14\n`,
    );
    expect(problems.map(({ code }) => code)).toEqual(['bad-line', 'named-end', 'named-end']);
  });

  it('has the facts that stand in it', () => {
    const facts = factsInIpvs(`# ipvsadm -Ln\n${listed}# ip addr\n${addresses}`, 'paste');
    expect([...facts.files.keys()]).toEqual(['ip-addr.json']);
  });

  it.each([
    ['rules of iptables', `*nat\n-A PREROUTING -j ACCEPT\nCOMMIT\n${listed}`],
    ['a drawing', 'client -> 10.0.0.1:80 -> pod\n'],
    ['rules of iptables alone', '-A INPUT -t 10.0.0.1:80 -j DROP\n'],
  ])('is none of %s', (_what, text) => {
    expect(isIpvsText(text)).toBe(false);
  });

  it('is told apart from rules and addresses around it', () => {
    const { parts } = contentsOf(
      `# iptables-save\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n# ipvsadm -Ln\n${listed}# ip addr\n${addresses}`,
    );
    expect(parts.map(({ kind }) => kind)).toEqual(['rules', 'ipvs', 'addresses']);
  });
});
