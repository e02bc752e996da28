import { type JsonRecord } from '../../text/json.ts';
import { addressOf, numberOf, readRows, recordsOf, type TextForm, textOf, textsOf } from './json.ts';
import type { InterfaceAddress, NodeInterface } from './node.ts';
import type { FileReading } from './reading.ts';
import { addressRows } from './text/addressText.ts';
import { ifconfigRows } from './text/ifconfigText.ts';

/** `partial`: not all that the node has, as made from /proc (cluster/collect), or as `ifconfig` and `ip -br addr` tell it. */
export interface ReadInterfaces {
  readonly partial: boolean;
  readonly interfaces: ReadonlyMap<string, NodeInterface>;
}

/** Each of another command, so that one text may hold both. */
export const addressForms: readonly TextForm[] = [addressRows, ifconfigRows].map((form) => (text) => {
  const rows = form(text);
  return rows === null ? null : [rows];
});

/** `ip addr`, with `-j` or without, or `ifconfig` → the interfaces by name. */
export function readAddresses(text: string): FileReading<ReadInterfaces> {
  const rows = readRows(text, addressForms);
  if (rows.kind === 'error') return { value: null, problems: [rows.message] };
  const problems: string[] = [];
  const interfaces = new Map<string, NodeInterface>();
  let partial = false;
  for (const row of rows.lists.flat()) {
    const name = textOf(row, 'ifname');
    if (name === null) continue;
    partial ||= row['partial'] === true;
    interfaces.set(name, readInterface(name, row, problems));
  }
  return { value: { partial, interfaces }, problems };
}

function readInterface(name: string, row: JsonRecord, problems: string[]): NodeInterface {
  const flags = textsOf(row, 'flags');
  return {
    index: numberOf(row, 'ifindex') ?? 0,
    name,
    flags,
    up: flags.includes('UP'),
    loopback: flags.includes('LOOPBACK'),
    master: textOf(row, 'master'),
    addresses: recordsOf(row, 'addr_info').flatMap((info) => {
      const address = readAddress(info);
      if (address === null) problems.push(`an address of ${name} is not understood`);
      return address === null ? [] : [address];
    }),
    mac: textOf(row, 'address')?.toLowerCase() ?? null,
    linkType: textOf(row, 'link_type'),
    group: textOf(row, 'group'),
  };
}

const FLAGS = ['deprecated', 'tentative', 'temporary', 'dadfailed'];

function readAddress(info: JsonRecord): InterfaceAddress | null {
  const address = addressOf(info, 'local');
  if (address === null) return null;
  const full = address.family === 4 ? 32 : 128;
  const prefixLength = numberOf(info, 'prefixlen') ?? full;
  if (prefixLength < 0 || prefixLength > full) return null;
  return {
    address,
    prefixLength,
    scope: textOf(info, 'scope') ?? 'global',
    broadcast: addressOf(info, 'broadcast'),
    peer: addressOf(info, 'address'),
    secondary: info['secondary'] === true,
    flags: FLAGS.filter((flag) => info[flag] === true),
  };
}
