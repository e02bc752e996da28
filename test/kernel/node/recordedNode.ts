import { readFileSync } from 'node:fs';
import type { Node } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import type { SnapshotFileName, SnapshotFiles } from '../../../src/kernel/snapshot.ts';

const FILES = ['ip-addr.json', 'ip-route.json', 'ip6-route.json', 'ip-rule.json'] as const;

/** The files of the recorded node. */
export function recordedFiles(): SnapshotFiles {
  return new Map<SnapshotFileName, string>(
    FILES.map((name) => [name, readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8')]),
  );
}

/** The recorded node, with sysctls (as `sysctl -a` prints them), policy rules (`ip -j rule`) and interfaces of the test's own. */
export function recordedNode(
  sysctls: readonly string[] = [],
  rules: readonly object[] | null = null,
  links: readonly object[] | null = null,
): Node {
  const files = new Map(recordedFiles());
  files.set('sysctl.txt', [...SYSCTLS, ...sysctls].join('\n'));
  if (rules !== null) files.set('ip-rule.json', JSON.stringify(rules));
  if (links !== null) files.set('ip-addr.json', JSON.stringify(links));
  return readNode(files);
}

/** The kernel's defaults, with forwarding on. */
const SYSCTLS = ['all', 'eth0', 'eth1'].flatMap((name) => [
  `net.ipv4.conf.${name}.rp_filter = 0`,
  `net.ipv4.conf.${name}.accept_local = 0`,
  `net.ipv4.conf.${name}.route_localnet = 0`,
  `net.ipv4.conf.${name}.send_redirects = 1`,
  `net.ipv4.conf.${name}.forwarding = 1`,
  `net.ipv6.conf.${name}.forwarding = 1`,
]);
