/** Nodes whose Services are not in the rules that are followed: what is said of a packet is not surer than it can be. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { toMarkdown } from '../../../src/kubeproxy/narrative/toMarkdown.ts';
import { summaryOf } from '../../../src/kubeproxy/journey/sideBySide.ts';
import { snapshotFileNames, type SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { journey, nodeFiles, rulesText } from '../journey/twoNodes.ts';
import { tell } from '../narrative/support.ts';

const inOtherBackend = dump('1.36.3/iptables-save.txt');
/** What the kubelet leaves in iptables, whatever kube-proxy does. */
const kubelet = dump('1.36.3-mixed-backends/iptables-nft-save.txt');
const firewalld =
  'table inet firewalld {\n\tchain in {\n\t\ttype filter hook input priority filter + 10; policy accept;\n\t\treject\n\t}\n}\n';
const inLegacy =
  'Not known: kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet.';
const inIpvs =
  "Not known: kube-proxy keeps this node's Services in IPVS, whose virtual servers are not among these files (ipvsadm -Sn lists them).";
const clusterIp = { from: 'pod:10.244.1.7:5000', to: '10.96.12.3:80' };

function dump(path: string): string {
  return readFileSync(new URL(`../../dumps/${path}`, import.meta.url), 'utf8');
}

type Files = Readonly<Partial<Record<SnapshotFileName, string>>>;

/** Node 1 of three, with the kubelet's rules alone and what else is given. */
function node(files: Files, number: 1 | 2 = 1): Analysis {
  const given = new Map(nodeFiles(number)).set('iptables-save.txt', kubelet);
  for (const name of snapshotFileNames) {
    const text = files[name];
    if (text !== undefined) given.set(name, text);
  }
  return analysisOfFiles(given);
}

function said(analysis: Analysis, form: Parameters<typeof tell>[1] = clusterIp): readonly string[] {
  const { verdict, headline, details } = tell(analysis, form).narrative;
  return [verdict, headline, ...details];
}

/** Rules of IPVS mode: its own chains, and the rule for all cluster IPs. */
const ipvsRules = rulesText()
  .replaceAll(/^(?::|-A )KUBE-(?:SVC|SEP|NODEPORTS).*\n|^-A KUBE-SERVICES.*\n/gm, '')
  .replace(':KUBE-SERVICES', ':KUBE-NODE-PORT - [0:0]\n:KUBE-SERVICES');

describe('a node with its Services in rules that are not followed', () => {
  it.each([
    ['a cluster IP', clusterIp],
    ['a node port', { from: 'external:203.0.113.9', to: '192.168.0.1:30080' }],
    ['a process of the node', { from: 'node', to: '10.96.12.3:80' }],
    ['any address outside', { from: 'pod:10.244.1.7', to: '8.8.8.8:53', protocol: 'udp' }],
  ])('is not guessed at for %s', (_, form) => {
    const [verdict, headline, alone, ...more] = said(
      node({ 'iptables-legacy-save.txt': inOtherBackend }),
      form,
    );
    expect([verdict, headline]).toEqual(['unknown', inLegacy]);
    expect(alone).toMatch(/^The iptables rules alone say: (?:Forwarded|Sent|Delivered) .*\.$/);
    expect(more).toEqual([]);
  });

  it('shows no outcome as if the packet had got through, and keeps the way through the rules', () => {
    const { narrative } = tell(node({ 'iptables-legacy-save.txt': inOtherBackend }), clusterIp);
    const outcomes = narrative.groups.flatMap((group) => group.outcomes);
    expect(outcomes).toMatchObject([
      { id: 'o0', verdict: 'unknown', share: 1, title: 'not known', destinationChange: null, notices: [] },
    ]);
    expect(outcomes[0]?.stages.at(-1)?.word).toBe('not known');
    expect(outcomes[0]?.path.length).toBeGreaterThan(2);
    expect(narrative.assumptions.map(({ code }) => code)).toContain('other-rules');
    expect(toMarkdown(narrative, 'x')).toMatch(/^\*\*Not known: kube-proxy has rules/);
    expect(summaryOf(narrative)).toMatchObject({ verdict: 'unknown', headline: inLegacy });
  });

  it('is not guessed at where iptables rules of kube-proxy were left behind either', () => {
    expect(
      said(node({ 'iptables-legacy-save.txt': inOtherBackend, 'iptables-save.txt': rulesText() })),
    ).toEqual([
      'unknown',
      inLegacy,
      'The iptables rules alone say: Forwarded to one of 2 endpoints of default/web:http.',
    ]);
  });

  it('is certain of what is dropped before they see it, and not of what is dropped behind', () => {
    const raw = `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.96.12.3/32 -j DROP\nCOMMIT\n${kubelet}`;
    expect(said(node({ 'iptables-legacy-save.txt': inOtherBackend, 'iptables-save.txt': raw }))).toEqual([
      'drop',
      'Dropped by rule 1 of PREROUTING: the client hangs until it times out.',
    ]);
    const forward = rulesText({ forward: ['-j DROP'] });
    expect(said(node({ 'iptables-legacy-save.txt': inOtherBackend, 'iptables-save.txt': forward }))[0]).toBe(
      'unknown',
    );
  });

  it('is certain of the first packet to a pod’s own address, over several nodes', () => {
    const form = { from: 'pod:10.244.1.7', to: '10.244.2.9:8080' };
    const leg = journey(node({ 'iptables-legacy-save.txt': inOtherBackend }), form, {
      'node-2': node({ 'iptables-legacy-save.txt': inOtherBackend }, 2),
    });
    expect(leg.narrative).toMatchObject({
      verdict: 'forward',
      headline: 'Forwarded to 10.244.2.9:8080 (web-a on node-2) out of eth0, unchanged.',
    });
    expect(leg.continuations).toMatchObject([{ node: 'node-2', kind: 'traced' }]);
    expect(
      said(node({ 'iptables-legacy-save.txt': inOtherBackend }), { ...form, state: 'established' })[0],
    ).toBe('unknown');
  });

  it('ends what is said of a way over several nodes', () => {
    const first = journey(node({ 'iptables-legacy-save.txt': inOtherBackend }), clusterIp, {
      'node-2': node({}, 2),
    });
    expect(first.continuations).toEqual([]);
    expect(first.narrative.headline).toBe(inLegacy);
    const first2 = analysisOfFiles(nodeFiles(1));
    const form = { from: 'node', to: '10.244.2.9:8080', state: 'established' };
    const leg = journey(first2, form, { 'node-2': node({ 'iptables-legacy-save.txt': inOtherBackend }, 2) });
    expect(leg.narrative.verdict).toBe('unknown');
    expect(leg.narrative.headline).toContain(
      'on node-2 not known: kube-proxy has rules in the legacy backend',
    );
  });
});

describe('a node with its Services in IPVS', () => {
  it.each<[string, Files]>([
    ['the chains of IPVS mode', { 'iptables-save.txt': ipvsRules }],
    [
      'an ipset of kube-proxy',
      { 'ipset-save.txt': 'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n' },
    ],
    [
      'kube-ipvs0',
      {
        'ip-addr.json':
          '[{"ifindex":9,"ifname":"kube-ipvs0","flags":[],"addr_info":[{"family":"inet","local":"10.96.12.3","prefixlen":32,"scope":"global"}]}]',
      },
    ],
  ])('is known by %s', (_, files) => {
    expect(said(node(files)).slice(0, 2)).toEqual(['unknown', inIpvs]);
  });

  it('is not claimed to be kube-proxy’s where only virtual servers are there', () => {
    const files = { 'ipvsadm-save.txt': '-A -t 10.96.12.3:80 -s rr\n' };
    expect(said(node(files))[0]).not.toBe('forward');
    expect(said(node({ ...files, 'iptables-save.txt': rulesText() })).slice(0, 2)).toEqual([
      'forward',
      'Forwarded to one of 2 endpoints of default/web:http.',
    ]);
  });

  it('meets a packet behind the filter rules of INPUT', () => {
    const rules = ipvsRules.replace(
      ':OUTPUT ACCEPT [0:0]\nCOMMIT',
      ':OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 30080 -j DROP\nCOMMIT',
    );
    const form = { from: 'external:203.0.113.9', to: '192.168.0.1:30080' };
    expect(said(node({ 'iptables-save.txt': rules }), form)[0]).toBe('drop');
  });
});

describe('a node with kube-proxy’s rules in the other backend', () => {
  it('is not guessed at', () => {
    expect(said(node({ 'iptables-legacy-save.txt': rulesText() })).slice(0, 2)).toEqual([
      'unknown',
      'Not known: kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet.',
    ]);
    const warned = `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${kubelet}`;
    const files = { 'iptables-save.txt': warned, 'snapshot.json': '', 'objects.json': '' };
    expect(said(node(files))[1]).toContain('the legacy backend of iptables has more, which are not here');
  });

  it('is as before where the other backend only has the rules that are followed, or others’', () => {
    for (const legacy of [
      `# a comment\n${rulesText()}`,
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n',
    ]) {
      const files = { 'iptables-save.txt': rulesText(), 'iptables-legacy-save.txt': legacy };
      expect(said(node(files))[0]).toBe('forward');
    }
  });
});

describe('a node on which nothing is kube-proxy’s', () => {
  it('is not guessed at for Services that the objects tell of', () => {
    const reason =
      "Not known: these rules hold nothing of kube-proxy's, and what hands on packets to Services here is not known.";
    expect(said(node({}))[1]).toBe(reason);
    expect(said(node({}), { from: 'external:203.0.113.9', to: '192.168.0.1:30080' })[1]).toBe(reason);
    expect(said(node({}), { from: 'pod:10.244.1.7', to: '203.0.113.9:53' })[0]).toBe('forward');
    expect(said(node({ 'objects.json': '' }))[0]).toBe('forward');
  });
});

describe('tables of nftables that are not kube-proxy’s', () => {
  it('are followed where they see packets, and an assumption where they see frames', () => {
    const analysis = node({ 'iptables-save.txt': rulesText(), 'nft.txt': firewalld });
    const { narrative } = tell(analysis, clusterIp);
    expect(narrative.headline).toBe('Forwarded to one of 2 endpoints of default/web:http.');
    expect(narrative.assumptions.map(({ code }) => code)).not.toContain('frames-not-followed');
    const frames = firewalld.replace('inet', 'bridge');
    const beside = tell(node({ 'iptables-save.txt': rulesText(), 'nft.txt': frames }), clusterIp);
    expect(beside.narrative.assumptions.map(({ message }) => message).join()).toContain(
      'Rules for frames on bridges (bridge firewalld) are not followed',
    );
    const drops = firewalld.replace('hook input', 'hook forward');
    expect(said(node({ 'iptables-save.txt': rulesText(), 'nft.txt': drops }))[0]).toBe('reject');
  });
});
