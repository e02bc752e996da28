/** `net.ipv4.vs.*`, which IPv6 has, too: Documentation/networking/ipvs-sysctl.rst. */
import type { Node } from '../../kernel/node/node.ts';
import { numberSysctl } from '../../kernel/node/sysctls.ts';
import type { Run } from '../../kernel/run.ts';

/** Null where the snapshot does not say it. */
export function vsSysctl(node: Node, name: string): number | null {
  return numberSysctl(node, `net.ipv4.vs.${name}`);
}

/** Whether conntrack keeps what IPVS sends on: kube-proxy turns it on, the kernel's default is off. */
export function isTracked(run: Run): boolean {
  const set = vsSysctl(run.node, 'conntrack');
  if (set !== null) return set !== 0;
  run.assume(
    'ipvs-conntrack',
    'ipvs-conntrack-assumed',
    'net.ipv4.vs.conntrack is taken to be 1, as kube-proxy sets it: the snapshot does not say it.',
  );
  return true;
}

/** What expires connections to a server that is gone; kube-proxy turns it on. */
export function expiresWithoutServer(run: Run): boolean {
  return (vsSysctl(run.node, 'expire_nodest_conn') ?? 1) !== 0;
}

/**
 * Whether the defence against floods takes a packet that begins a connection: in mode 3 every `am_droprate`th, in 1 and 2 where
 * memory is short, which nothing tells (ip_vs_todrop).
 */
export function isDropped(run: Run): boolean {
  const mode = vsSysctl(run.node, 'drop_packet') ?? 0;
  if (mode === 3) return run.chance(1 / Math.max(1, vsSysctl(run.node, 'am_droprate') ?? 10));
  if (mode === 1 || mode === 2) {
    const message = `net.ipv4.vs.drop_packet is ${mode}: memory is taken not to be short, so that nothing is dropped.`;
    run.assume('ipvs-drop-packet', 'ipvs-memory-assumed', message);
  }
  return false;
}

/** sysctl_backup_only: the setting is for a machine that keeps another one's connections, which nothing lists. */
export function noteBackup(run: Run): void {
  if (vsSysctl(run.node, 'backup_only') !== 1) return;
  run.assume(
    'ipvs-backup',
    'ipvs-backup-assumed',
    'net.ipv4.vs.backup_only is 1, and the node is taken to be no backup of another one, which would balance nothing (ipvsadm -L --daemon tells).',
  );
}
