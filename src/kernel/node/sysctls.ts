import type { Family } from '../../values/address.ts';
import type { Node } from './node.ts';

/**
 * How the kernel combines `conf/all` with the interface's own value: the interface's alone, one of the two, both, or the
 * greater (include/linux/inetdevice.h: IN_DEV_CONF_GET, IN_DEV_ORCONF, IN_DEV_ANDCONF, IN_DEV_MAXCONF).
 */
export type Combination = 'own' | 'either' | 'both' | 'greater';

/** `net.ipv4.conf.{all,NAME}.SETTING` as the kernel applies it to the interface; null where it is not known. */
export function interfaceSysctl(
  node: Node,
  family: Family,
  interfaceName: string,
  setting: string,
  combination: Combination,
): number | null {
  const own = numberSysctl(node, `net.ipv${family}.conf.${interfaceName.replaceAll('.', '/')}.${setting}`);
  if (combination === 'own') return own;
  const all = numberSysctl(node, `net.ipv${family}.conf.all.${setting}`);
  return combine(all, own, combination);
}

function combine(a: number | null, b: number | null, combination: Combination): number | null {
  if (combination === 'either' && (a === 1 || b === 1)) return 1;
  if (combination === 'both' && (a === 0 || b === 0)) return 0;
  return a === null || b === null ? null : Math.max(a, b);
}

/** As `interfaceSysctl`, for settings that are on or off. */
export function flagSysctl(
  node: Node,
  family: Family,
  interfaceName: string,
  setting: string,
  combination: Combination,
): boolean | null {
  const value = interfaceSysctl(node, family, interfaceName, setting, combination);
  return value === null ? null : value !== 0;
}

/** A whole number by its full name; null where it is not known or is no number. */
export function numberSysctl(node: Node, name: string): number | null {
  const text = node.sysctls?.get(name);
  if (text === undefined || !/^-?\d+$/.test(text)) return null;
  return Number(text);
}
