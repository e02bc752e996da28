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
  const own = settingOf(node, family, interfaceName, setting);
  if (combination === 'own') return own;
  const all = settingOf(node, family, 'all', setting);
  return combine(all, own, combination);
}

/** HOT PATH: asked a dozen times for each packet; names are put together once. */
function settingOf(node: Node, family: Family, interfaceName: string, setting: string): number | null {
  if (node.sysctls === null) return null;
  const ofInterface = settingsOf(node.sysctls, family, interfaceName);
  let value = ofInterface.get(setting);
  if (value === undefined) {
    value = numberSysctl(node, `net.ipv${family}.conf.${interfaceName.replaceAll('.', '/')}.${setting}`);
    ofInterface.set(setting, value);
  }
  return value;
}

type Settings = Map<string, number | null>;

const known = new WeakMap<object, Record<Family, Map<string, Settings>>>();

function settingsOf(sysctls: object, family: Family, interfaceName: string): Settings {
  let all = known.get(sysctls);
  if (all === undefined) {
    all = { 4: new Map(), 6: new Map() };
    known.set(sysctls, all);
  }
  let own = all[family].get(interfaceName);
  if (own === undefined) {
    own = new Map();
    all[family].set(interfaceName, own);
  }
  return own;
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
