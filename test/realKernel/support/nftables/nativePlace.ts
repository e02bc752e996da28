/** Where a random native rule stands, and the values that packets of the judge have: rules and packets draw from one pool. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';

export const NATIVE_HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
export type NativeHook = (typeof NATIVE_HOOKS)[number];

const PORTS = [22, 53, 80, 443, 8080, 8443, 3306, 5000, 30080, 40000, 60001];
const nets = {
  4: ['10.244.1.0/24', '10.244.0.0/16', '192.168.0.0/24', '198.51.100.0/24', '10.96.0.0/12', '127.0.0.0/8'],
  6: ['fd00:10:244:1::/64', 'fd00:192:168::/64', '2001:db8::/32', 'fd00:10:96::/112', 'fd00::/8'],
} as const;
const hosts = {
  4: [
    '10.244.1.5',
    '10.244.1.7',
    '10.244.1.38',
    '10.244.2.5',
    '192.168.0.2',
    '10.244.1.1',
    '198.51.100.7',
    '10.96.0.10',
    '10.96.0.20',
    '203.0.113.9',
  ],
  6: [
    'fd00:10:244:1::5',
    'fd00:10:244:1::7',
    'fd00:10:244:2::5',
    'fd00:192:168::2',
    'fd00:10:244:1::1',
    '2001:db8:2::10',
    'fd00:10:96::10',
    'fd00:10:96::20',
  ],
} as const;

/** A rule's place; what it draws comes from the seed alone. */
export interface NativePlace {
  readonly random: Random;
  readonly family: Family;
  /** `inet t0` */
  readonly table: string;
  readonly type: 'filter' | 'nat' | 'route' | null;
  /** Null in a chain that several hooks come to. */
  readonly hook: NativeHook | null;
}

export function hostOf({ random, family }: Pick<NativePlace, 'random' | 'family'>): string {
  return random.pick<string>(hosts[family]);
}

/** Different ones, so that they may be keys of one set. */
export function hostsOf(
  { random, family }: Pick<NativePlace, 'random' | 'family'>,
  count: number,
): readonly string[] {
  return random.shuffled<string>(hosts[family]).slice(0, count);
}

export function netOf({ random, family }: Pick<NativePlace, 'random' | 'family'>): string {
  return random.pick<string>(nets[family]);
}

export function portOf({ random }: Pick<NativePlace, 'random'>): number {
  return random.pick(PORTS);
}

export function portsOf({ random }: Pick<NativePlace, 'random'>, count: number): readonly number[] {
  return random.shuffled(PORTS).slice(0, count);
}

/** `ip`, `ip6` */
export function headerOf({ family }: Pick<NativePlace, 'family'>): string {
  return family === 4 ? 'ip' : 'ip6';
}
