/** A random node with virtual servers, as texts that `ipvsadm -R`, `ipset restore` and `iptables-restore` read. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../../../realKernel/support/random.ts';

export interface IpvsNode {
  readonly family: Family;
  /** In a few words, for who reads what failed. */
  readonly kind: string;
  readonly ipvs: string;
  readonly ipsets: string;
  readonly rules: string;
  /** `net.x.y=1` */
  readonly sysctls: readonly string[];
  /** Those of kube-ipvs0. */
  readonly addresses: readonly string[];
  /** What packets are sent to. */
  readonly frontends: readonly Frontend[];
  /** In place of texts that are restored: a real kube-proxy writes them, and those above are what is expected of it. */
  readonly proxy?: RealProxy;
}

export interface RealProxy {
  /** What the API server has. */
  readonly objects: readonly object[];
  /** Beside those that say who and where it is. */
  readonly flags: readonly string[];
}

export interface Frontend {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

/** Pods here and elsewhere. */
export const LOCAL_PODS: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.244.1.5', '10.244.1.7', '10.244.1.38'],
  6: ['fd00:10:244:1::5', 'fd00:10:244:1::7', 'fd00:10:244:1::26'],
};
export const REMOTE_PODS: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.244.2.5', '10.244.2.6', '10.244.3.5'],
  6: ['fd00:10:244:2::5', 'fd00:10:244:2::6', 'fd00:10:244:3::5'],
};
export const NODE_ADDRESSES: Readonly<Record<Family, readonly string[]>> = {
  4: ['192.168.0.2', '10.244.1.1', '172.16.5.2'],
  6: ['fd00:192:168::2', 'fd00:10:244:1::1', 'fd00:172:5::2'],
};

export const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'sh',
  'dh',
  'sed',
  'nq',
  'mh',
  'fo',
  'ovf',
  'lblc',
  'lblcr',
];

/** `10.96.0.1:80`, `[fd00::1]:80` */
export function endText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const OPTIONS: Readonly<Record<string, string>> = { tcp: '-t', udp: '-u', sctp: '--sctp-service' };

export interface Server {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  /** `-m`, `-g`, `-i` */
  readonly forwarding: string;
}

/** `options`: what stands behind the scheduler. */
export function virtualServer(
  { address, port, protocol }: Frontend,
  scheduler: string,
  options: string,
  servers: readonly Server[],
): string {
  return serverLines(`${OPTIONS[protocol]} ${endText(address, port)}`, scheduler, options, servers);
}

export function markedServer(
  family: Family,
  mark: number,
  scheduler: string,
  options: string,
  servers: readonly Server[],
): string {
  const sixth = family === 6 ? ' -6' : '';
  return serverLines(`-f ${mark}${sixth}`, scheduler, options, servers, `-f ${mark}${sixth}`);
}

function serverLines(
  name: string,
  scheduler: string,
  options: string,
  servers: readonly Server[],
  again = name,
): string {
  return [
    `-A ${name} -s ${scheduler}${options}`,
    ...servers.map(
      ({ address, port, weight, forwarding }) =>
        `-a ${again} -r ${endText(address, port)} ${forwarding} -w ${weight}`,
    ),
    '',
  ].join('\n');
}

/** Those that IPv6 shares are set once, for both. */
export function commonSysctls(random: Random): readonly string[] {
  const zeroOrOne = (name: string, likely: 0 | 1): string => `${name}=${random.pick([likely, likely, 0, 1])}`;
  return [
    zeroOrOne('net.ipv4.conf.all.route_localnet', 0),
    `net.ipv4.conf.${random.pick(['eth0', 'eth1', 'cni0', 'all'])}.rp_filter=${random.pick([0, 0, 1, 2])}`,
    zeroOrOne('net.ipv4.conf.all.src_valid_mark', 0),
  ];
}
