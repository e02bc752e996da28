/**
 * Whose a native table looks like, from its name alone: the naming of the programs that write nftables on nodes. A guess, and
 * to be worded as one. Tables of iptables-nft are told by the names of their chains.
 */
import { guessOwner } from './owners.ts';

interface Pattern {
  /** Of `inet firewalld`. */
  readonly pattern: RegExp;
  readonly name: string;
  /** One plain sentence on what such tables are for. */
  readonly about: string;
}

const patterns: readonly Pattern[] = [
  {
    pattern: /^ip6? kube-proxy$/u,
    name: 'kube-proxy',
    about: 'kube-proxy translates what is sent to Services here.',
  },
  {
    pattern: / firewalld$/u,
    name: 'firewalld',
    about: 'firewalld is the firewall service of Fedora, RHEL and SUSE.',
  },
  {
    // docker-bridges (Docker 29), docker-overlay
    pattern: / docker-[\w-]+$/u,
    name: 'Docker',
    about: 'Docker publishes container ports and keeps its networks apart here.',
  },
  { pattern: / netavark$/u, name: 'Podman (netavark)', about: 'Podman publishes container ports here.' },
  {
    pattern: / (?:cni_hostport|cni-plugins|nft_cni)[\w-]*$/u,
    name: 'a CNI plugin',
    about: 'It maps host ports to pods, or masquerades what they send.',
  },
  {
    pattern: / calico$/u,
    name: 'Calico',
    about: 'Calico enforces network policies and masquerades pods here.',
  },
  {
    pattern: / cilium[\w-]*$/u,
    name: 'Cilium',
    about: 'Cilium steers packets to and from its eBPF programs here.',
  },
  {
    pattern: / flannel[\w-]*$/u,
    name: 'flannel',
    about: 'flannel accepts and masquerades pod traffic here.',
  },
  {
    pattern: / kindnet[\w-]*$/u,
    name: 'kindnet',
    about: 'kindnet masquerades and filters pod traffic here.',
  },
  {
    pattern: / (?:kube-network-policies|kube_network_policies)$/u,
    name: 'kube-network-policies',
    about: 'It hands packets of pods to a program that decides by network policies.',
  },
  {
    pattern: / kube-router[\w-]*$/u,
    name: 'kube-router',
    about: 'kube-router enforces network policies here.',
  },
  { pattern: / libvirt_network$/u, name: 'libvirt', about: 'libvirt connects virtual machines here.' },
  {
    pattern: / (?:f2b-table|fail2ban)$/u,
    name: 'fail2ban',
    about: 'fail2ban blocks addresses that failed to log in.',
  },
  {
    pattern: / crowdsec6?[\w-]*$/u,
    name: 'CrowdSec',
    about: 'CrowdSec blocks addresses that attacked others.',
  },
  {
    pattern: / (?:ts-|tailscale)[\w-]*$/u,
    name: 'Tailscale',
    about: 'Tailscale lets its own traffic through here.',
  },
  {
    pattern: / nm-(?:shared|sh)[\w-]*$/u,
    name: 'NetworkManager',
    about: 'NetworkManager shares a connection here.',
  },
  {
    pattern: / wg-quick-[\w-]+$/u,
    name: 'wg-quick',
    about: 'wg-quick protects the addresses of its WireGuard tunnel here.',
  },
  {
    pattern: /^inet fw4$/u,
    name: 'OpenWrt (fw4)',
    about: 'OpenWrt writes its firewall here, from /etc/config/firewall.',
  },
  { pattern: / (?:lxc|incus|lxd)[\w-]*$/u, name: 'LXC, LXD or Incus', about: 'It connects containers here.' },
];

/** Of a table `inet firewalld`; null for a name that nothing known uses. */
export function guessNftOwner(table: string): { readonly name: string; readonly about: string } | null {
  return patterns.find(({ pattern }) => pattern.test(table)) ?? null;
}

/** Whose a chain looks like: by its table, else by its name as one of iptables-nft; null where neither tells. */
export function nftOwner(table: string, chain: string): string | null {
  const own = guessNftOwner(table)?.name;
  if (own !== undefined) return own;
  const [family = '', name = ''] = table.split(' ');
  return family === 'ip' || family === 'ip6' ? (guessOwner(name, chain)?.name ?? null) : null;
}
