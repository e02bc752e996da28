/** What is collected from real nodes, whatever their programs do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clusterAccess } from '../../src/cluster/adapters/access.ts';
import type { CollectRequest } from '../../src/cluster/collect/collectNode.ts';
import { modeOfRules } from '../../src/cluster/collect/proxyMode.ts';
import { countRules } from '../../src/cluster/collect/ruleText.ts';
import { defaultLimits } from '../../src/cluster/collect/runner.ts';
import { snapshotFiles } from '../../src/cluster/collect/snapshotFiles.ts';
import type { ClusterAccess } from '../../src/cluster/liveSession.ts';
import type { NodeReading } from '../../src/cluster/liveNode.ts';
import { failureOf } from '../cluster/support/failureOf.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import type { ClusterNode } from './support/clusterNode.ts';
import { collectWith } from './support/collecting.ts';
import { imageTools } from './support/kwok.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample } from './support/sample.ts';
import { until } from './support/until.ts';

let cluster: Cluster;
let access: ClusterAccess;

beforeAll(async () => {
  cluster = await startCluster({
    nodes: [{ name: 'a' }, { name: 'b', mode: 'nftables' }, { name: 'c', mode: 'none' }],
  });
  await addSample(cluster);
  access = clusterAccess(`${cluster.contextPrefix}viewer`, { kubeconfig: [cluster.kubeconfigs.viewer] });
  await cluster.rulesMatch(cluster.node('a'), (rules) => rules.includes('shop/web:http'));
});

afterEach(() => {
  for (const name of imageTools) cluster.node('a').tools.restore(name);
});

afterAll(async () => {
  access.close();
  await expectReadOnly(cluster);
  await cluster.stop();
});

function collect(node: string, more: Partial<CollectRequest> = {}): Promise<NodeReading> {
  return collectWith(access, node, more);
}

/** Without what changes between two looks: counters and the comments with the time. */
function bare(rules: string): string {
  return rules.replace(/^#.*\n/gm, '').replace(/\[\d+:\d+\] ?/g, '');
}

/** A program in the place of `iptables-save` that prints these bytes. */
function prints(node: ClusterNode, content: string | Uint8Array): void {
  const file = join(cluster.scratch, 'printed');
  writeFileSync(file, content);
  node.tools.replace('iptables-save', `cat '${file}'`);
}

describe('a node with kube-proxy', () => {
  test('tells what iptables-save prints there, of both families', async () => {
    const { namespace } = cluster.node('a');
    // kube-proxy may still be writing.
    const collected = await until('the rules are those of the kernel', async () => {
      const found = await collect('a');
      const same = (['iptables-save', 'ip6tables-save'] as const).every(
        (name) => bare(found.files.get(`${name}.txt`) ?? '') === bare(namespace.run([name])),
      );
      return same ? found : null;
    });
    expect(modeOfRules(collected.files)).toBe('iptables');
    expect(collected.warnings).toEqual([]);
  });

  test('tells addresses, routes and sysctls from /proc, as its image has no ip and no sysctl', async () => {
    const collected = await collect('a');
    const reasons = new Map(collected.missing.map(({ file, reason }) => [file, reason]));
    expect(collected.files.get('ip-route.json')).toContain('"dst":"198.19.');
    expect(collected.files.get('ip-addr.json')).toContain(`"local":"${cluster.node('a').addresses[4]}"`);
    expect(collected.files.get('sysctl.txt')).toContain('net.ipv4.conf.cni0.rp_filter = 0');
    expect(reasons.get('bridge-link.txt')).toBe('the Pod kube-system/kube-proxy-a has no bridge');
    expect(reasons.get('ip-rule.json')).toMatch(/has no ip; \/proc does not tell IPv6's policy rules$/);
  });

  test('becomes a folder that says of what node it is', async () => {
    const collected = await collect('a');
    const text =
      snapshotFiles({ ...collected, configured: 'iptables', cilium: null }, '{}').get('snapshot.json') ?? '';
    expect(JSON.parse(text)).toMatchObject({
      node: 'a',
      context: 'live',
      source: 'the Pod kube-system/kube-proxy-a',
    });
  });

  test('with rules of the other backend shows these too, and warns', async () => {
    const node = cluster.node('a');
    node.namespace.run(['iptables-legacy', '-A', 'FORWARD', '-s', '192.0.2.7', '-j', 'DROP']);
    const collected = await collect('a');
    expect(collected.files.get('iptables-legacy-save.txt')).toContain('-A FORWARD -s 192.0.2.7/32 -j DROP');
    expect(collected.files.get('iptables-save.txt')).toContain('iptables-legacy tables present');
    expect(collected.warnings).toEqual([
      'IPv4 rules stand in both backends of iptables, and the kernel applies both: the legacy backend has 1 rule, in ' +
        'iptables-legacy-save.txt, which no trace follows',
    ]);
    node.namespace.run(['iptables-legacy', '-F']);
  });
});

test('a node in nftables mode tells its ruleset, as text and as JSON', async () => {
  const { files } = await collect('b');
  expect(modeOfRules(files)).toBe('nftables');
  expect(files.get('nft.txt')).toContain('table ip kube-proxy {');
  expect(JSON.parse(files.get('nft.json') ?? '')).toHaveProperty('nftables');
});

test('a node without kube-proxy says so', async () => {
  const failure = await failureOf(collect('c'));
  expect(failure.kind).toBe('noSource');
  expect(failure.message).toMatch(/^No kube-proxy Pod runs on c, and nobody else there can tell its rules\./);
});

describe('a program that', () => {
  test('hangs is given up, and said', async () => {
    cluster.node('a').tools.replace('iptables-save', 'exec sleep 1000');
    const failure = await failureOf(collect('a', { limits: { ...defaultLimits, rulesSilence: 1500 } }));
    expect(failure.kind).toBe('timedOut');
    expect(failure.message).toBe(
      '"iptables-save -c" in the Pod kube-system/kube-proxy-a gave no answer for 2 seconds.',
    );
  });

  test('hangs is let go when the user cancels', async () => {
    cluster.node('a').tools.replace('iptables-save', 'printf "*nat\\n"; exec sleep 1000');
    const cancel = new AbortController();
    const onProgress = (words: string): void => {
      if (words === 'reading iptables-save, 5 bytes') cancel.abort();
    };
    const failure = await failureOf(collect('a', { signal: cancel.signal, onProgress }));
    expect(failure.kind).toBe('cancelled');
  });

  test('of little importance hangs is missing, and the rules are there', async () => {
    cluster.node('a').tools.replace('ipset', 'exec sleep 1000');
    const collected = await collect('a', { limits: { ...defaultLimits, otherSilence: 1500 } });
    expect(collected.files.get('iptables-save.txt')).toContain('KUBE-SERVICES');
    expect(collected.missing).toContainEqual({
      file: 'ipset-save.txt',
      reason: '"ipset save" in the Pod kube-system/kube-proxy-a gave no answer for 2 seconds',
    });
  });

  test('is cut off in the middle gives no half of a dump', async () => {
    const node = cluster.node('a');
    node.tools.replace('iptables-save', 'printf "*nat\\n:PREROUTING ACCEPT [0:0]\\n"; exec sleep 1000');
    const stopped: Promise<void>[] = [];
    const onProgress = (words: string): void => {
      if (words.endsWith(' bytes')) stopped.push(node.kubelet.stop('SIGKILL'));
    };
    const failure = await failureOf(collect('a', { onProgress }));
    expect(failure.kind).toBe('cutOff');
    await Promise.all(stopped);
    node.kubelet.start();
    node.tools.restore('iptables-save');
    await until('exec works again', async () => (await collect('a')).files.size > 0);
  });

  test('prints 50 MB is read in full', async () => {
    const node = cluster.node('a');
    const rules = Array.from(
      { length: 450_000 },
      (_, index) =>
        `[0:0] -A KUBE-SERVICES -d 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32 -p tcp -m comment --comment "ns/service-${index}:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X\n`,
    );
    const text = `*nat\n:KUBE-SERVICES - [0:0]\n${rules.join('')}COMMIT\n`;
    expect(text.length).toBeGreaterThan(50_000_000);
    prints(node, text);
    const seen: string[] = [];
    const collected = await collect('a', { onProgress: (words) => void seen.push(words) });
    const got = collected.files.get('iptables-save.txt') ?? '';
    expect(got.length).toBe(text.length);
    expect(got === text).toBe(true);
    expect(countRules(got)).toBe(450_000);
    expect(seen).toContainEqual(expect.stringMatching(/^reading iptables-save, \d+\.\d MB$/));
  });

  test('prints more than the limit is stopped, and the limit named', async () => {
    prints(cluster.node('a'), `*nat\n${'#\n'.repeat(1_000_000)}COMMIT\n`);
    const failure = await failureOf(collect('a', { limits: { ...defaultLimits, rulesBytes: 1_000_000 } }));
    expect(failure.kind).toBe('tooLarge');
  });

  test.each([
    [
      'a web page',
      '<html><body>Sign in</body></html>',
      'printed something that is no rules, beginning with "<html><body>Sign in',
    ],
    ['JSON', '{"nftables": []}\n', 'printed something that is no rules, beginning with "{"nftables": []}"'],
    ['half a table', '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROU', 'broke off in the middle of table nat'],
    ['bytes', new Uint8Array(2000).map((_, index) => index), 'printed something that is no rules'],
  ])('prints %s is not taken for rules', async (_what, content, words) => {
    prints(cluster.node('a'), content);
    const failure = await failureOf(collect('a'));
    expect(failure.message).toContain(words);
  });

  const nat = '*nat\n:KUBE-SERVICES - [0:0]\n';

  test.each([
    ['control characters and NULs', `${nat}:A\u0000B - [0:0]\n# \u001b[31m\u0007\u202e\nCOMMIT\n`],
    ['one line of 10 MB', `${nat}-A A -m comment --comment "${'x'.repeat(10_000_000)}"\nCOMMIT\n`],
    ['markup', `${nat}:<img/src=x> - [0:0]\n-A A -m comment --comment "[x](command:y) <script>"\nCOMMIT\n`],
  ])('prints %s among rules is shown as it is', async (_what, content) => {
    prints(cluster.node('a'), content);
    const shown = (await collect('a')).files.get('iptables-save.txt') === content;
    expect(shown).toBe(true);
  });

  test('prints bytes that are no UTF-8 loses none of them', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${nat}# `),
      Buffer.from([0xe9, 0xff]),
      Buffer.from('\nCOMMIT\n'),
    ]);
    prints(cluster.node('a'), bytes);
    const text = (await collect('a')).files.get('iptables-save.txt') ?? '';
    expect(Buffer.from(text, 'latin1')).toEqual(bytes);
  });

  test('is not there leaves nobody to ask, and that is said', async () => {
    cluster.node('a').tools.remove('iptables-save');
    const failure = await failureOf(collect('a'));
    expect(failure.message).toMatch(
      /^Nobody on a can tell its rules \(kube-system\/kube-proxy-a has no iptables-save\)\./,
    );
  });

  test('cat, is not there either leaves the state unknown, and the rules known', async () => {
    for (const name of ['cat', 'grep']) cluster.node('a').tools.remove(name);
    const collected = await collect('a');
    const missing = new Set(collected.missing.map(({ file }) => file));
    for (const file of ['ip-addr.json', 'ip-route.json', 'ip6-route.json', 'sysctl.txt', 'conntrack.txt']) {
      expect(missing).toContain(file);
      expect(collected.files.has(file)).toBe(false);
    }
    expect(collected.files.get('iptables-save.txt')).toContain('KUBE-SERVICES');
  });
});

/** On this machine: what `docker exec` or `ssh` would be elsewhere. */
function inside(name: string): readonly string[] {
  return ['ip', 'netns', 'exec', cluster.node('a').namespace.name.replace(/a$/, name)];
}

describe("the user's own command", () => {
  test('with {program} tells everything, of a node without kube-proxy too', async () => {
    const collected = await collect('c', { command: [...inside('{node}'), '{program}'] });
    expect(collected.files.get('ip-addr.json')).toContain(cluster.node('c').addresses[4]);
    expect(collected.missing.map(({ file }) => file).filter((file) => file !== 'nft.txt')).toEqual([]);
  });

  test('without {program} tells the rules it prints, of both families', async () => {
    const script = join(cluster.scratch, 'rules.sh');
    writeFileSync(script, '#!/bin/sh\niptables-save\nip6tables-save\n', { mode: 0o755 });
    const { files, missing } = await collect('a', { command: [...inside('a'), script] });
    const { namespace } = cluster.node('a');
    expect(bare(files.get('iptables-save.txt') ?? '')).toBe(bare(namespace.run(['iptables-save'])));
    expect(bare(files.get('ip6tables-save.txt') ?? '')).toBe(bare(namespace.run(['ip6tables-save'])));
    expect(missing.map(({ file }) => file)).toContain('ip-addr.json');
  });
});
