/** Outputs of one kind as one: of what two of them tell, one is kept. */
import { recordsOf } from '../../kernel/node/json.ts';
import type { JsonRecord } from '../../text/json.ts';

/** Rows of `ip -j addr`; of an interface that is there twice (`ip -4 addr; ip -6 addr`) the addresses of both. */
export function joinedInterfaces(rows: readonly JsonRecord[]): readonly JsonRecord[] {
  const byName = new Map<unknown, JsonRecord>();
  for (const row of rows) {
    const before = byName.get(row['ifname']) ?? {};
    const infos = [...recordsOf(before, 'addr_info'), ...recordsOf(row, 'addr_info')];
    const byAddress = new Map(
      infos.map((info) => [`${String(info['local'])}/${String(info['prefixlen'])}`, info]),
    );
    byName.set(row['ifname'], { ...before, ...row, addr_info: [...byAddress.values()] });
  }
  return [...byName.values()];
}

/** What of a route tells it from another; the text has less of the rest than the JSON. */
const ROUTE_FIELDS =
  'type dst from table dev gateway via prefsrc metric flow scope tos protocol flags nexthops'.split(' ');
const NEXT_HOP_FIELDS = ['dev', 'gateway', 'via', 'flags'];

/** Rows of `ip -j route`. */
export function joinedRoutes(rows: readonly JsonRecord[]): readonly JsonRecord[] {
  const byKey = new Map<string, JsonRecord>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!byKey.has(key)) byKey.set(key, row);
  }
  return [...byKey.values()];
}

function keyOf(row: JsonRecord): string {
  const hops = recordsOf(row, 'nexthops').map((hop) => picked(hop, NEXT_HOP_FIELDS));
  return JSON.stringify([picked({ ...row, nexthops: null }, ROUTE_FIELDS), hops]);
}

function picked(row: JsonRecord, fields: readonly string[]): readonly unknown[] {
  return fields.map((field) => row[field] ?? (field === 'table' ? 'main' : null));
}
