/** Every dump of the repository and below `$KUBE_PROXY_DUMPS`: text, JSON, Markdown and panel say the same of each packet. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { bundleServer } from '../server/client.ts';
import { EveryForm, folderOf } from '../support/everyForm.ts';

const given = process.env['KUBE_PROXY_DUMPS'];
const roots = [import.meta.dirname, ...(given ? [given] : [])];

/** Of more characters than one packet is enough. */
const LARGE = 5_000_000;

/** Every folder below with rules of iptables or nftables in it. */
function nodesBelow(root: string): readonly string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const folders = names.filter((name) => /(?:^|\/)(?:ip6?tables-save\.txt(?:\.gz)?|nft\.txt)$/u.test(name));
  return [...new Set(folders.map((name) => join(root, name, '..')))];
}

/** The files of a node; one that has only rules of nftables has a table of iptables without rules besides. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const name of snapshotFileNames) {
    const path = join(folder, name);
    if (existsSync(path)) files.set(name, readFileSync(path, 'utf8'));
    else if (existsSync(`${path}.gz`)) files.set(name, gunzipSync(readFileSync(`${path}.gz`)).toString('utf8'));
  }
  const rules = ['iptables-save.txt', 'ip6tables-save.txt'].some((name) => (files.get(name) ?? '').trim() !== '');
  if (!rules) files.set('iptables-save.txt', '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n');
  return files;
}

/** What a user would ask: packets to some of what the rules name, of IPv4, to a node port, to a pod, and outside. */
function packetsFor(files: ReadonlyMap<string, string>) {
  const rules = `${files.get('iptables-save.txt') ?? ''}\n${files.get('nft.txt') ?? ''}`;
  const services = [
    ...rules.matchAll(/ -d (\d[\d.]+)\/32 -p (tcp|udp) .*--dport (\d+) /gu),
    ...rules.matchAll(/\b(10\.\d+\.\d+\.\d+) \. (tcp|udp) \. (\d+) : goto /gu),
  ].map(([, address = '', protocol = '', port = '']) => ({ to: `${address}:${port}`, protocol }));
  const pods = [...rules.matchAll(/(?:--to-destination |dnat to )(\d[\d.]+:\d+)/gu)].map(([, to = '']) => ({
    to,
    protocol: 'tcp',
  }));
  const nodePort = /KUBE-NODEPORTS .*--dport (3\d{4}) /u.exec(rules)?.[1] ?? '30080';
  const pod = 'pod:10.244.1.7:5000';
  const [first, ...more] = services;
  const packets = [
    ...[first, more.at(more.length >> 1), more.at(-1)].flatMap((each) => (each ? [{ from: pod, ...each }] : [])),
    ...(first ? [{ from: 'node', ...first }, { from: 'external:203.0.113.9', ...first }] : []),
    { from: 'external:203.0.113.9', to: `192.168.0.2:${nodePort}`, protocol: 'tcp' },
    ...pods.slice(0, 1).map((each) => ({ from: pod, ...each })),
    { from: pod, to: '8.8.8.8:53', protocol: 'udp' },
  ];
  // Every form of every question reads the rules anew.
  return rules.length > LARGE ? packets.slice(0, 1) : packets;
}

let server: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  server = await bundleServer();
});
afterAll(() => {
  server.remove();
});

describe.each(roots)('the dumps below %s', (root) => {
  it.each(nodesBelow(root).map((folder) => [relative(root, folder), folder]))(
    '%s is answered alike in every form',
    async (_, folder) => {
      const files = filesOf(folder);
      const forms = await EveryForm.open(folderOf(files), server.path);
      try {
        for (const packet of packetsFor(files)) {
          expect({ packet, differences: await forms.differences(packet) }).toEqual({ packet, differences: [] });
        }
      } finally {
        forms.close();
      }
    },
  );
});
