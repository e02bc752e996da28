/** The text of `ip rule` as the lists of `ip -j rule` (iproute2: ip/iprule.c, print_rule), up to iproute2 6.15. */
import { lookup } from '../../../text/lookup.ts';
import type { JsonRecord } from '../../../text/json.ts';

/** `32766:	from all lookup main`, `0: not from …` → the priority, the rest */
const RULE = /^(\d+):\s+((?:not )?from .*)$/;

export function isRuleLine(line: string): boolean {
  return RULE.test(line);
}

/**
 * A list for each family, IPv4 first: where priorities begin anew, what follows is the output of another command
 * (`ip rule; ip -6 rule`). Null where there is no rule.
 */
export function ruleLists(text: string): readonly (readonly JsonRecord[])[] | null {
  const lists: JsonRecord[][] = [];
  let last = Infinity;
  for (const line of text.split('\n')) {
    const [, priority, rest] = RULE.exec(line) ?? [];
    if (priority === undefined || rest === undefined) continue;
    const number = Number(priority);
    if (number < last) lists.push([]);
    last = number;
    lists.at(-1)?.push({ priority: number, ...ruleFields(rest.trim().split(/\s+/)) });
  }
  return lists.length === 0 ? null : lists;
}

function ruleFields(words: readonly string[]): JsonRecord {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const read = READERS.get(word);
    if (read !== undefined) Object.assign(row, read(words[++at] ?? ''));
    else if (ACTIONS.includes(word)) row['action'] = word;
    else row[SWITCHES[word] ?? word] = null;
  }
  return row;
}

const ACTIONS: readonly string[] = ['blackhole', 'unreachable', 'prohibit'];

/** Words that stand alone, by what `ip -j rule` calls them; any other is taken for a selector that is not understood. */
const SWITCHES: Readonly<Record<string, string>> = lookup({
  '[detached]': 'iif_detached',
  '[unresolved]': 'unresolved',
});

const field =
  (name: string) =>
  (value: string): JsonRecord => ({ [name]: value });

const READERS: ReadonlyMap<string, (value: string) => JsonRecord> = new Map([
  ['from', prefix('src')],
  ['to', prefix('dst')],
  ['tos', field('tos')],
  ['dsfield', field('tos')],
  ['iif', field('iif')],
  ['dev', field('iif')],
  ['oif', field('oif')],
  ['ipproto', field('ipproto')],
  ['tun_id', field('tun_id')],
  ['fwmark', masked('fwmark', 'fwmask')],
  ['dscp', masked('dscp', 'dscp_mask')],
  ['sport', ports('sport')],
  ['dport', ports('dport')],
  ['uidrange', users],
  ['lookup', table],
  ['table', table],
  ['goto', (value) => ({ goto: Number(value) })],
  ['proto', field('protocol')],
  ['suppress_prefixlength', (value) => ({ suppress_prefixlen: Number(value) })],
  ['suppress_ifgroup', field('suppress_ifgroup')],
  ['realms', field('flow_to')],
  ['map-to', field('nat_gateway')],
]);

function prefix(name: string): (value: string) => JsonRecord {
  return (value) => {
    const [address = '', length] = value.split('/');
    return { [name]: address, ...(length === undefined ? {} : { [`${name}len`]: Number(length) }) };
  };
}

function masked(name: string, mask: string): (value: string) => JsonRecord {
  return (value) => {
    const [number = '', bits] = value.split('/');
    return { [name]: number, ...(bits === undefined ? {} : { [mask]: bits }) };
  };
}

/** `80`, `80-90`, since iproute2 6.15 `80/0xffff` */
function ports(name: string): (value: string) => JsonRecord {
  return (value) => {
    const [range = '', mask] = value.split('/');
    const [from = '', to] = range.split('-');
    const numbers =
      to === undefined
        ? { [name]: Number(from) }
        : { [`${name}_start`]: Number(from), [`${name}_end`]: Number(to) };
    return { ...numbers, ...(mask === undefined ? {} : { [`${name}_mask`]: mask }) };
  };
}

function users(value: string): JsonRecord {
  const [from = '', to = ''] = value.split('-');
  return { uid_start: Number(from), uid_end: Number(to) };
}

function table(value: string): JsonRecord {
  return value === '[l3mdev-table]' ? { l3mdev: null } : { table: value };
}
