/** In what mode a node's kube-proxy is, by what shows: each kind of evidence alone, and side by side. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { nodeKeptWords } from '../../../src/kubeproxy/mode/words.ts';
import { snapshotFileNames, type SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { rulesText } from '../journey/twoNodes.ts';

type Files = Readonly<Partial<Record<SnapshotFileName, string>>>;

function open(given: Files): Analysis {
  return analysisOfFiles(
    new Map(
      snapshotFileNames.flatMap((name) => {
        const text = given[name];
        return text === undefined ? [] : [[name, text] as const];
      }),
    ),
  );
}

function dump(path: string): string {
  return readFileSync(new URL(`../../dumps/${path}`, import.meta.url), 'utf8');
}

/** What the kubelet leaves in iptables, whatever kube-proxy does. */
const kubelet = dump('1.36.3-mixed-backends/iptables-nft-save.txt');
const nftTxt = dump('1.36.3-nftables/nft.txt');
const nftJson = dump('1.36.3-nftables/nft.json');
const sets = 'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n';
const ipvs0 =
  '[{"ifindex":9,"ifname":"kube-ipvs0","flags":[],"addr_info":[{"family":"inet","local":"10.96.12.3","prefixlen":32,"scope":"global"}]}]';
const servers = '-A -t 10.96.12.3:80 -s rr\n';
const iptables = rulesText();
const natOf = (chains: readonly string[], rules: readonly string[] = []): string =>
  ['*nat', ...chains.map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT', ''].join('\n');
const setRule = '-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT';
const chainRule = '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS';
const ipvsChains = ['KUBE-SERVICES', 'KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER'];
const bothChains = [...ipvsChains, 'KUBE-NODEPORTS'];
const firewall =
  'table inet firewalld {\n\tchain in {\n\t\ttype filter hook input priority filter + 10; policy accept;\n\t}\n}\n';
const cilium = [
  '*filter',
  ':FORWARD ACCEPT [0:0]',
  ':CILIUM_FORWARD - [0:0]',
  '-A FORWARD -j CILIUM_FORWARD',
  '-A CILIUM_FORWARD -o cilium_host -j ACCEPT',
  'COMMIT',
  '',
].join('\n');

/** Mode, what else left something, and where Services are that no trace follows. */
describe('the mode of IPv4', () => {
  it.each<[string, Files, string | null, readonly string[], string | null]>([
    ['rules of iptables mode', { 'iptables-save.txt': iptables }, 'iptables', [], null],
    ['a real dump', { 'iptables-save.txt': dump('1.36.3/iptables-save.txt') }, 'iptables', [], null],
    ['its -S output', { 'iptables-save.txt': dump('1.36.3/iptables-S.txt') }, 'iptables', [], null],
    ['an older release', { 'iptables-save.txt': dump('1.23.4/iptables-save.txt') }, 'iptables', [], null],
    ['nft.txt beside the kubelet', { 'iptables-save.txt': kubelet, 'nft.txt': nftTxt }, 'nftables', [], null],
    [
      'nft.json beside the kubelet',
      { 'iptables-save.txt': kubelet, 'nft.json': nftJson },
      'nftables',
      [],
      null,
    ],
    ['nft.txt beside an empty dump', { 'iptables-save.txt': '', 'nft.txt': nftTxt }, 'nftables', [], null],
    ['nft.txt alone', { 'nft.txt': nftTxt }, 'nftables', [], null],
    [
      'IPVS by the sets that its rules ask',
      { 'iptables-save.txt': natOf(ipvsChains, [setRule]) },
      'ipvs',
      [],
      'ipvs',
    ],
    [
      'IPVS by chains, its rules not written yet',
      { 'iptables-save.txt': natOf(ipvsChains) },
      'ipvs',
      [],
      'ipvs',
    ],
    ['IPVS by its ipsets', { 'iptables-save.txt': kubelet, 'ipset-save.txt': sets }, 'ipvs', [], 'ipvs'],
    ['IPVS by kube-ipvs0', { 'iptables-save.txt': kubelet, 'ip-addr.json': ipvs0 }, 'ipvs', [], 'ipvs'],
    [
      'virtual servers of anybody',
      { 'iptables-save.txt': kubelet, 'ipvsadm-save.txt': servers },
      null,
      [],
      null,
    ],
    [
      'userspace',
      { 'iptables-save.txt': natOf(['KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST']) },
      'userspace',
      [],
      null,
    ],
    ['the kubelet alone', { 'iptables-save.txt': kubelet }, null, [], null],
    ['Cilium', { 'iptables-save.txt': cilium }, null, [], null],
    ['no file at all', {}, null, [], null],
    [
      'iptables over what IPVS left',
      {
        'iptables-save.txt': iptables,
        'ipset-save.txt': sets,
        'ip-addr.json': ipvs0,
        'ipvsadm-save.txt': servers,
      },
      'iptables',
      ['ipvs'],
      null,
    ],
    [
      'iptables over the chains of IPVS',
      { 'iptables-save.txt': natOf(bothChains, [chainRule]) },
      'iptables',
      ['ipvs'],
      null,
    ],
    [
      'IPVS over the chains of iptables',
      { 'iptables-save.txt': natOf(bothChains, [setRule]) },
      'ipvs',
      ['iptables'],
      'ipvs',
    ],
    [
      'iptables over the chains of userspace',
      { 'iptables-save.txt': natOf(['KUBE-PORTALS-HOST', 'KUBE-SERVICES', 'KUBE-NODEPORTS'], [chainRule]) },
      'iptables',
      ['userspace'],
      null,
    ],
    [
      'nftables over what IPVS left',
      { 'iptables-save.txt': kubelet, 'nft.txt': nftTxt, 'ipset-save.txt': sets },
      'nftables',
      ['ipvs'],
      null,
    ],
    [
      'an empty table of nftables beside iptables',
      { 'iptables-save.txt': iptables, 'nft.txt': 'table ip kube-proxy {\n}\n' },
      'iptables',
      ['nftables'],
      null,
    ],
    [
      'iptables and nftables side by side',
      { 'iptables-save.txt': iptables, 'nft.txt': nftTxt },
      null,
      [],
      null,
    ],
    [
      'the same, configured for iptables',
      { 'iptables-save.txt': iptables, 'nft.txt': nftTxt, 'snapshot.json': '{"mode":"iptables"}' },
      'iptables',
      ['nftables'],
      null,
    ],
    [
      'the same, configured for nftables',
      { 'iptables-save.txt': iptables, 'nft.txt': nftTxt, 'snapshot.json': '{"mode":"nftables"}' },
      'nftables',
      ['iptables'],
      null,
    ],
    [
      'a configuration that nothing on the node shows',
      { 'iptables-save.txt': kubelet, 'snapshot.json': '{"mode":"ipvs"}' },
      null,
      [],
      null,
    ],
    [
      'iptables and a firewall in nftables',
      { 'iptables-save.txt': iptables, 'nft.txt': firewall },
      'iptables',
      [],
      null,
    ],
    [
      'a comment that looks like kube-proxy',
      { 'iptables-save.txt': iptables, 'nft.txt': `# table ip kube-proxy {\n${firewall}` },
      'iptables',
      [],
      null,
    ],
    [
      'a string that looks like kube-proxy',
      {
        'iptables-save.txt': kubelet,
        'nft.txt': firewall.replace('{\n', '{\n\tcomment "table ip kube-proxy {"\n'),
      },
      null,
      [],
      null,
    ],
    [
      'a chain name in a comment of iptables',
      { 'iptables-save.txt': `# :KUBE-NODE-PORT - [0:0]\n${iptables}` },
      'iptables',
      [],
      null,
    ],
    [
      'kube-proxy in the legacy backend',
      { 'iptables-save.txt': kubelet, 'iptables-legacy-save.txt': iptables },
      'iptables',
      [],
      'backend',
    ],
    [
      'kube-proxy in both backends',
      { 'iptables-save.txt': iptables, 'iptables-nft-save.txt': dump('1.36.3/iptables-save.txt') },
      'iptables',
      [],
      'backend',
    ],
    [
      'the same rules under two names',
      { 'iptables-save.txt': iptables, 'iptables-nft-save.txt': iptables },
      'iptables',
      [],
      null,
    ],
    [
      'a warning of legacy tables that are not here',
      {
        'iptables-save.txt': `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${kubelet}`,
      },
      null,
      [],
      'unseen',
    ],
    [
      'the other family’s table',
      {
        'iptables-save.txt': kubelet,
        'nft.txt': 'table ip6 kube-proxy {\n\tchain a {\n\t\ttype nat hook output priority -100;\n\t}\n}\n',
      },
      null,
      [],
      null,
    ],
  ])('%s', (_, files, mode, leftovers, elsewhere) => {
    const found = open(files).mode[4];
    expect([found.mode, found.leftovers, found.elsewhere?.kind ?? null]).toEqual([
      mode,
      leftovers,
      elsewhere,
    ]);
  });
});

describe('the evidence', () => {
  it('is named with its file', () => {
    const { evidence } = open({ 'iptables-save.txt': iptables, 'nft.txt': nftTxt, 'ipset-save.txt': sets })
      .mode[4];
    expect(evidence.map(({ mode, kind, file, what }) => [mode, kind, file, what])).toEqual([
      ['iptables', 'holds', 'iptables-save.txt', 'chain KUBE-NODEPORTS in table nat'],
      ['nftables', 'holds', 'nft.txt', 'table ip kube-proxy'],
      ['ipvs', 'stays', 'ipset-save.txt', 'the ipset KUBE-CLUSTER-IP'],
    ]);
  });

  it('is that of one family', () => {
    const { mode } = open({
      'iptables-save.txt': iptables,
      'ip6tables-save.txt': kubelet,
      'nft.txt': nftTxt.replace('table ip kube-proxy', 'table ip other'),
    });
    expect([mode[4].mode, mode[6].mode]).toEqual(['iptables', 'nftables']);
    expect(nodeKeptWords(mode)).toEqual([]);
  });
});

function words(files: Files): readonly string[] {
  return nodeKeptWords(open(files).mode);
}

it('is told in words, with what a reader can look up', () => {
  expect(words({ 'iptables-save.txt': kubelet, 'nft.txt': nftTxt })).toEqual([]);
  expect(words({ 'iptables-save.txt': iptables, 'nft.json': nftJson })[0]).toContain(
    'rules of several modes of kube-proxy stand side by side (iptables, nftables): which of them is at work is not known',
  );
  expect(words({ 'iptables-save.txt': kubelet, 'iptables-legacy-save.txt': iptables })).toEqual([
    'kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet',
  ]);
  expect(words({ 'iptables-save.txt': iptables })).toEqual([]);
});

describe('rules of its iptables mode that nft lists, and no other file has', () => {
  const listing = readFileSync(new URL('recorded/nft-of-iptables.txt', import.meta.url), 'utf8');

  it('are kube-proxy’s, and say that they do not name Services', () => {
    const { mode, dump: described } = open({ 'nft.txt': listing });
    expect(described.summary).toBe('rules of kube-proxy as nft lists them, IPv4');
    expect(mode[4]).toMatchObject({ mode: null, inRules: true, listed: true, elsewhere: null });
    expect(mode[6].listed).toBe(false);
    expect(nodeKeptWords(mode)).toEqual([expect.stringMatching(/iptables-save does/u)]);
  });

  it('are not told from a listing where iptables-save has them', () => {
    const { mode } = open({ 'nft.txt': listing, 'iptables-save.txt': iptables });
    expect(mode[4]).toMatchObject({ mode: 'iptables', inRules: true, listed: false });
  });

  it('are not those that the kubelet alone makes', () => {
    const own = listing.replaceAll(/KUBE-(?:SERVICES|NODEPORTS|SVC-|SEP-)/gu, 'MY-');
    expect(open({ 'nft.txt': own }).mode[4]).toMatchObject({ inRules: false, listed: false });
  });
});

describe('a part of kube-proxy’s table', () => {
  const chain =
    'table ip kube-proxy {\n\tchain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n\t}\n}\n';

  it('without a chain that packets come to, tells nothing of a packet', () => {
    expect(open({ 'nft.txt': chain }).mode[4]).toMatchObject({
      mode: 'nftables',
      elsewhere: { kind: 'part' },
    });
    expect(open({ 'nft.txt': nftTxt }).mode[4].elsewhere).toBeNull();
  });
});
