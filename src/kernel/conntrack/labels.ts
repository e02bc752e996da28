/** Labels of connections that this run gave, whichever rules did: net/netfilter/nf_conntrack_labels.c. */
import { presume, type Question } from '../answers.ts';
import type { Connection } from './connection.ts';

export class ConnectionLabels {
  readonly #labels = new WeakMap<Connection, Set<string>>();

  has(connection: Connection, label: string): boolean {
    return this.#labels.get(connection)?.has(label) === true;
  }

  /** `label`: its number, or a name of connlabel.conf. */
  add(connection: Connection, label: string): void {
    const labels = this.#labels.get(connection) ?? new Set();
    this.#labels.set(connection, labels.add(label));
  }

  /** Those that are known by their number, a bit for each. */
  bitsOf(connection: Connection): bigint {
    const numbers = [...(this.#labels.get(connection) ?? [])].filter((label) => /^\d+$/.test(label));
    return numbers.reduce((bits, label) => bits | (1n << BigInt(label)), 0n);
  }

  addBits(connection: Connection, bits: bigint): void {
    for (let label = 0; bits >> BigInt(label) > 0n; label++)
      if (((bits >> BigInt(label)) & 1n) === 1n) this.add(connection, String(label));
  }
}

/** Whether a connection that was there before this trace has a label. */
export function labelAsked(label: string): Question {
  const message = `Connections are taken to have no label ${label} but what this trace gives them: a snapshot does not tell.`;
  return presume(false, `connlabel:${label}`, 'label-assumed', message, `the connection has label ${label}`);
}
