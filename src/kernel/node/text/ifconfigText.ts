/**
 * The text of `ifconfig` as rows of `ip -j addr`, all of them `partial`: it tells one IPv4 address of an interface and of
 * each alias, leaves out those without a name of their own, and without `-a` the interfaces that are down.
 */
import { lookup } from '../../../text/lookup.ts';
import type { JsonRecord } from '../../../text/json.ts';
import { InterfaceRows } from './interfaceRows.ts';

/** `eth0: flags=4163<UP,BROADCAST>  mtu 1500`, `eth0:1: flags=…` → eth0, the flags */
const NEW = /^([^\s:]+)(?::[^\s:]+)?: flags=\d+<([^>]*)>/;
/** `eth0      Link encap:Ethernet  HWaddr 02:42:ac:11:00:02` (net-tools before 2.0, busybox) → eth0, Ethernet, the address */
const OLD = /^([^\s:]+)(?::\S+)?\s+Link encap:(.*?)(?:\s+HWaddr (\S+))?\s*$/;
const OLD_FLAGS = /^\s+((?:[A-Z]+\s+)+)MTU:\d+/;

/** What `ip` calls differently. */
const FLAG_NAMES: Readonly<Record<string, string>> = lookup({ RUNNING: 'LOWER_UP' });

/** Whether a line begins an interface in either form. */
export function isIfconfigLine(line: string): boolean {
  return NEW.test(line) || OLD.test(line);
}

/** The rows; null where there is no such line. */
export function ifconfigRows(text: string): readonly JsonRecord[] | null {
  const rows = new InterfaceRows();
  for (const line of text.split('\n')) {
    const [, name, flags] = NEW.exec(line) ?? [];
    const [, oldName, encapsulation = '', mac] = OLD.exec(line) ?? [];
    if (name !== undefined) rows.open(name, { flags: flagsOf((flags ?? '').split(',')) });
    else if (oldName !== undefined) rows.open(oldName, oldLink(encapsulation, mac));
    else if (/^\s/.test(line)) readDetail(line, rows);
  }
  return rows.take(false);
}

function oldLink(encapsulation: string, mac: string | undefined): JsonRecord {
  if (encapsulation.startsWith('Ethernet')) return { link_type: 'ether', ...(mac ? { address: mac } : {}) };
  return encapsulation.includes('Loopback') ? { link_type: 'loopback' } : {};
}

function readDetail(line: string, rows: InterfaceRows): void {
  const oldFlags = OLD_FLAGS.exec(line)?.[1];
  if (oldFlags !== undefined) rows.set({ flags: flagsOf(oldFlags.trim().split(/\s+/)) });
  const mac = /^\s+ether (\S+)/.exec(line)?.[1];
  if (mac !== undefined) rows.set({ link_type: 'ether', address: mac });
  if (/^\s+loop\b/.test(line)) rows.set({ link_type: 'loopback' });
  const info = ipv4Info(line) ?? ipv6Info(line);
  if (info !== null) rows.add(info);
}

function flagsOf(words: readonly string[]): readonly string[] {
  return words.filter((word) => word !== '').map((word) => FLAG_NAMES[word] ?? word);
}

/** `inet 192.0.2.10  netmask 255.255.255.0  broadcast 192.0.2.255`, `inet addr:192.0.2.10  Bcast:… P-t-P:…  Mask:…` */
function ipv4Info(line: string): JsonRecord | null {
  const local = /^\s+inet (?:addr: ?)?([\d.]+)/.exec(line)?.[1];
  if (local === undefined) return null;
  const mask = /(?:netmask |Mask:)([\d.]+)/.exec(line)?.[1];
  const broadcast = /(?:broadcast |Bcast:)([\d.]+)/.exec(line)?.[1];
  const peer = /(?:destination |P-t-P:)([\d.]+)/.exec(line)?.[1];
  const length = mask === undefined ? 32 : maskLength(mask);
  return {
    local,
    ...(length === null ? { prefixlen: 32 } : { prefixlen: length }),
    ...(broadcast === undefined || broadcast === '0.0.0.0' ? {} : { broadcast }),
    ...(peer === undefined ? {} : { address: peer }),
    scope: local.startsWith('127.') ? 'host' : 'global',
  };
}

/** `inet6 fd00::1  prefixlen 64  scopeid 0x0<global>`, `inet6 addr: fe80::1/64 Scope:Link` */
function ipv6Info(line: string): JsonRecord | null {
  const [, local, length] =
    /^\s+inet6 (?:addr: ?)?([0-9a-fA-F:.]+)(?:%\S+)?(?:\s+prefixlen |\/)(\d+)/.exec(line) ?? [];
  if (local === undefined) return null;
  const scope = /(?:scopeid 0x[0-9a-f]+<|Scope:)(\w+)/.exec(line)?.[1]?.toLowerCase();
  return { local, prefixlen: Number(length), ...(scope === undefined ? {} : { scope }) };
}

/** `255.255.255.0` → 24; null where its ones do not stand together. */
export function maskLength(mask: string): number | null {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf('1') + 1 : null;
}
