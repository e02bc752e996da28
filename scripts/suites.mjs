// The suites of `npm test`, in order. `blocked()` gives the reason why this machine cannot run one, or null.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { clusterBinariesBlocked } from './clusterBinaries.mjs';
import { virtualMachineBlocked } from './virtualMachine.mjs';

const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

const needs = (...programs) => {
  const missing = programs.filter((program) => !onPath(program));
  return missing.length === 0 ? null : `needs ${missing.join(', ')} on the PATH`;
};

const kernelTools = [
  'ip',
  'iptables-nft-restore',
  'iptables-legacy-restore',
  'nft',
  'ipset',
  'conntrack',
  'nfacct',
  'bridge',
  'sysctl',
  // Sends raw packets: Node has no raw sockets.
  'python3',
];

const clusterTools = [
  'ip',
  'iptables-nft-restore',
  'iptables-legacy-save',
  'nft',
  'ipset',
  'conntrack',
  'sysctl',
  'openssl',
  'python3',
  'setpriv',
];

function blockedKernel() {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, for network namespaces';
  return needs(...kernelTools);
}

function blockedConformance() {
  const folder = process.env.KUBE_PROXY_CONFORMANCE;
  if (!folder) return 'KUBE_PROXY_CONFORMANCE names no folder of recorded flows';
  return existsSync(folder) ? null : `there is no folder ${folder}`;
}

/** Chromium's usual names; `CHROMIUM` names another one. */
export function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  return process.env.CHROMIUM ?? names.find(onPath) ?? null;
}

function blockedCluster() {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, for network namespaces';
  return needs(...clusterTools) ?? clusterBinariesBlocked() ?? blockedBrowser();
}

const blockedBrowser = () =>
  findChromium() === null ? 'needs Chromium or Chrome (Debian: apt-get install chromium)' : null;

const free = () => null;

export const suites = [
  { name: 'lint', blocked: free },
  { name: 'unit', blocked: free },
  { name: 'dumps', blocked: free },
  { name: 'package', blocked: free },
  // The recorded flows are not part of the project, so this suite may be missing anywhere.
  { name: 'conformance', blocked: blockedConformance, optional: true },
  { name: 'webview', blocked: blockedBrowser },
  { name: 'kernel', blocked: blockedKernel },
  { name: 'vm', blocked: () => virtualMachineBlocked(needs) },
  { name: 'extension', blocked: blockedBrowser },
  { name: 'cluster', blocked: blockedCluster },
];
