import type { Connection } from '../../../kernel/conntrack/connection.ts';

/** Labels that rules of this run gave to connections. */
export class ConnectionLabels {
  readonly #labels = new WeakMap<Connection, Set<string>>();

  has(connection: Connection, label: string): boolean {
    return this.#labels.get(connection)?.has(label) === true;
  }

  add(connection: Connection, label: string): void {
    const labels = this.#labels.get(connection) ?? new Set();
    this.#labels.set(connection, labels.add(label));
  }
}
