/** Rows as `ip -j addr` prints them, gathered line by line from another listing of the interfaces. */
import type { JsonRecord } from '../../../text/json.ts';

interface OpenRow {
  readonly fields: Record<string, unknown>;
  readonly addresses: JsonRecord[];
}

export class InterfaceRows {
  readonly #rows = new Map<string, OpenRow>();
  #last: OpenRow | null = null;

  /** Begins an interface, or goes on with one that was begun before. */
  open(name: string, fields: JsonRecord): void {
    const row = this.#rows.get(name) ?? { fields: { ifname: name }, addresses: [] };
    this.#rows.set(name, row);
    this.#last = row;
    this.set(fields);
  }

  /** Fields of the interface that was opened last; nothing before there is one. */
  set(fields: JsonRecord): void {
    if (this.#last !== null) Object.assign(this.#last.fields, fields);
  }

  /** An address of the interface that was opened last. */
  add(info: JsonRecord): void {
    this.#last?.addresses.push(info);
  }

  /** Whether an interface has a flag. */
  has(flag: string): boolean {
    return [...this.#rows.values()].some(({ fields }) => {
      const flags = fields['flags'];
      return Array.isArray(flags) && flags.includes(flag);
    });
  }

  /** All rows, `partial` unless they are the `whole`; null where there is none. */
  take(whole: boolean): readonly JsonRecord[] | null {
    if (this.#rows.size === 0) return null;
    return [...this.#rows.values()].map(({ fields, addresses }) => ({
      ...fields,
      addr_info: addresses,
      ...(whole ? {} : { partial: true }),
    }));
  }
}
