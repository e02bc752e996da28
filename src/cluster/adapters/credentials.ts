/** The connection of a context, made again when its credential ends or is refused. */
import type { Agent } from 'node:http';
import { ClusterFailure } from '../failure.ts';
import type { Connection } from './connection.ts';

/** Reads kubeconfig and credentials; rejects with a `ClusterFailure`. */
export type Connect = (signal: AbortSignal) => Promise<Connection>;

/** A refused credential is not read again sooner, in milliseconds: a plugin may cost its user a question. */
const SHORTEST_AGE = 10_000;

/**
 * One connection for all requests of a session. It is read when it is first needed, when its credential has ended,
 * after a 401 and after `forget`; of requests that come meanwhile all wait for the one reading.
 */
export class Credentials {
  readonly #connect: Connect;
  readonly #closed = new AbortController();
  readonly #agents = new Map<string, Agent>();
  #current: { connection: Connection; since: number } | null = null;
  #reading: Promise<Connection> | null = null;
  #failed: { failure: unknown; at: number } | null = null;
  /** How often. */
  #forgotten = 0;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  /** The connection to use now; reads the kubeconfig and runs its plugin where that was not done or has ended. */
  async current(signal: AbortSignal): Promise<Connection> {
    const held = this.#current;
    if (held === null) return this.#read(signal);
    const ended = held.connection.expiresAt !== null && held.connection.expiresAt <= Date.now();
    // A plugin that gives what has ended already is not run for each request.
    if (!ended || Date.now() - held.since < SHORTEST_AGE) return held.connection;
    return this.#read(signal);
  }

  /** After a 401 for `refused`: another connection, or null where reading again is too soon to tell anything new. */
  async renewed(refused: Connection, signal: AbortSignal): Promise<Connection | null> {
    const held = this.#current;
    if (held !== null && held.connection !== refused) return held.connection;
    if (held !== null && Date.now() - held.since < SHORTEST_AGE) return null;
    return this.#read(signal);
  }

  /** Reads everything anew with the next request; a reading that runs is of before. */
  forget(): void {
    this.#current = null;
    this.#failed = null;
    this.#reading = null;
    this.#forgotten++;
  }

  close(): void {
    this.#closed.abort();
    for (const agent of this.#agents.values()) agent.destroy();
  }

  /** One reading for all who wait, which ends only with the session. */
  async #read(signal: AbortSignal): Promise<Connection> {
    const failed = this.#failed;
    if (failed !== null && Date.now() - failed.at < SHORTEST_AGE) throw failed.failure;
    this.#reading ??= this.#readOnce();
    return raceAbort(this.#reading, signal);
  }

  async #readOnce(): Promise<Connection> {
    const before = this.#forgotten;
    const isCurrent = (): boolean => before === this.#forgotten;
    try {
      const connection = this.#withSharedAgent(await this.#connect(this.#closed.signal));
      if (isCurrent()) {
        this.#current = { connection, since: Date.now() };
        this.#failed = null;
      }
      return connection;
    } catch (failure) {
      if (isCurrent()) this.#failed = { failure, at: Date.now() };
      throw failure;
    } finally {
      if (isCurrent()) this.#reading = null;
    }
  }

  #withSharedAgent(connection: Connection): Connection {
    const agent = this.#agents.get(connection.agentKey);
    if (agent === undefined) this.#agents.set(connection.agentKey, connection.options.agent);
    return agent === undefined ? connection : { ...connection, options: { ...connection.options, agent } };
  }
}

async function raceAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(new ClusterFailure('cancelled', 'Connecting was cancelled.'));
    signal.addEventListener('abort', abort, { once: true, signal: settled.signal });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}
