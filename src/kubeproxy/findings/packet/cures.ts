/** What to do about what ends a way: a sentence. */
import type { WayCause } from '../../ways/way.ts';

/** `the frame would leave cni0 by the port that it came in by, and hairpin mode is off` */
export const HAIRPIN = /leave (\S+) by the port that it came in by, and hairpin mode is off/;

/** What the kernel does by its settings, as a cause tells it, and the setting that changes it. */
const ofSettings: readonly (readonly [says: RegExp, cure: (found: RegExpExecArray) => string])[] = [
  [
    /IPv6 forwarding is off/,
    () =>
      'Have the node forward: "sysctl -w net.ipv6.conf.all.forwarding=1", and keep it so in /etc/sysctl.d.',
  ],
  [
    /forwarding is off/,
    () =>
      'Have the node forward: "sysctl -w net.ipv4.ip_forward=1" (where it is 1, net.ipv4.conf.INTERFACE.forwarding), and keep it so in /etc/sysctl.d.',
  ],
  [
    // `reverse path filter (rp_filter) of eth1: answers would leave by eth0`
    /\(rp_filter\) of (\S+?):/,
    ([, device = '']) =>
      `Route answers back by ${device}, or have its filter be loose: "sysctl -w net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter=2".`,
  ],
  [
    /a route of type (?:blackhole|unreachable|prohibit)/,
    () => 'Delete that route, or have the network plugin make its own: "ip route" lists those of the node.',
  ],
  [
    HAIRPIN,
    ([, bridge = '']) =>
      `Have ${bridge} hand frames back: "hairpinMode": true in the configuration of the bridge plugin, and "bridge link set dev PORT hairpin on" for what runs already.`,
  ],
  [/no route to/, () => 'Give the node a route there: "ip route" lists those that it has.'],
  [
    // `since net.bridge.bridge-nf-call-iptables is 0`
    /net\.bridge\.(bridge-nf-call-ip6?tables) is 0/,
    ([, setting = '']) =>
      `Have bridged packets pass these rules: "modprobe br_netfilter" and "sysctl -w net.bridge.${setting}=1", and keep both so over a restart.`,
  ],
];

export function cureOf({ at, kind, words }: Pick<WayCause, 'at' | 'kind' | 'words'>): string {
  if (at !== null && 'chain' in at) {
    const what = kind === 'reply' ? 'these answers' : 'these packets';
    return `Have rule ${at.index + 1} of ${at.chain} leave ${what} alone, or delete it.`;
  }
  if (at !== null) return 'Accept these packets in the chain, before its policy decides.';
  return cureOfSetting(words) ?? 'A trace of such a packet shows its whole way.';
}

/** Null where no setting of the kernel is what ends it. */
export function cureOfSetting(words: string): string | null {
  for (const [says, cure] of ofSettings) {
    const found = says.exec(words);
    if (found !== null) return cure(found);
  }
  return null;
}
