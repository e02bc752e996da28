/** Whether a person can send a packet as it is asked about. */
import type { Node } from '../../kernel/node/node.ts';
import { contains, parseAddress } from '../../values/address.ts';
import { readNetwork } from '../../values/networks.ts';
import type { FlowForm } from '../form/flowForm.ts';

/** Why nobody can, as a clause: `it has a mark before it arrives`. Null for one that can be sent. */
export function whyNotSendable(
  { from, to, mark, interface: by }: FlowForm,
  { interfaces }: Pick<Node, 'interfaces'>,
): string | null {
  const isOwn = /^node(?::|$)/u.test(from);
  if (by === 'lo' && !isOwn) return 'only what this node sends to itself comes in by lo';
  if (mark !== '')
    return 'it has a mark before it arrives, which only a rule or a program of this node gives';
  if (by !== '' && interfaces !== null && !interfaces.has(by)) return `this node has no interface ${by}`;
  if (isIn(from, isOwn ? NO_SOURCES : [...NO_SOURCES, ...LOOPBACKS]))
    return 'its source is an address that no other machine may have';
  return isIn(to, isOwn ? NO_TARGETS : [...NO_TARGETS, ...LOOPBACKS])
    ? 'its destination is an address that nobody has'
    : null;
}

/** RFC 1122 3.2.1.3, RFC 4291: never a source on the wire. */
const NO_SOURCES = ['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8'];
const NO_TARGETS = ['0.0.0.0/8', '240.0.0.0/5', '::/128'];
const LOOPBACKS = ['127.0.0.0/8', '::1/128'];

function isIn(end: string, networks: readonly string[]): boolean {
  const [, host = ''] =
    /(?:^|:)\[?((?:\d+\.){3}\d+|[\da-f]*:[\da-f:.]*:[\da-f.]*)\]?(?::\d+)?$/iu.exec(end) ?? [];
  const address = parseAddress(host);
  return address !== null && networks.some((text) => holds(text, address));
}

function holds(text: string, address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  const read = readNetwork(text, address.family);
  return read.kind === 'value' && contains(read.value, address);
}
