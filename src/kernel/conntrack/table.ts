import type { NumberRange } from '../../values/numbers.ts';
import { presume, question, type Question } from '../answers.ts';
import { numberFact } from '../facts.ts';
import type { ConntrackEntry } from '../node/node.ts';
import { PICKED_PORT, type Port } from '../port.ts';
import { type Connection, type Tuple, tupleKey, tupleOf } from './connection.ts';
import { connectionOf, entryTuple, type KnownConnections, sourceKey } from './known.ts';
import { type Direction, type Zone, zoneIn } from './zone.ts';

export interface Found {
  readonly connection: Connection;
  readonly direction: Direction;
}

/** __nf_conntrack_hash_insert puts the reply's tuple first: that of a socket that talks to itself is both. */
const directions = ['reply', 'original'] as const;

/** The conntrack table of one run: what the snapshot knew and what the run's packets added. */
export class ConntrackTable {
  readonly #known: KnownConnections | null;
  readonly #ask: (question: Question) => boolean;
  #taken: Map<ConntrackEntry, Connection> | null = null;
  #removed: Set<Connection> | null = null;
  /** The one that was added last comes last. */
  readonly #added: Connection[] = [];

  /** `ask`: settles what is not known of a packet. */
  constructor(known: KnownConnections | null, ask: (question: Question) => boolean) {
    this.#known = known;
    this.#ask = ask;
  }

  /** Whether no connection is known at all. */
  get isEmpty(): boolean {
    return this.#known === null && this.#added.length === 0;
  }

  /** The confirmed connection that a packet with this tuple belongs to, which a rule put into `zone`. */
  find(tuple: Tuple, zone: Zone): Found | null {
    return this.#first(
      tuple,
      (connection, direction) =>
        zoneIn(connection.zone, direction) === zoneIn(zone, direction) &&
        this.#hasPicked(connection, direction, tuple),
    );
  }

  /** Whether another connection already uses `tuple` for its packets: nf_conntrack_tuple_taken. */
  isUsed(tuple: Tuple, own: Connection): boolean {
    const zone = zoneIn(own.zone, 'reply');
    const found = this.#first(
      tuple,
      (connection, direction) =>
        connection !== own &&
        zoneIn(connection.zone, direction) === zone &&
        zoneIn(own.zone, direction) === zone &&
        !isPicked(tupleOf(connection, direction)),
    );
    return found !== null;
  }

  /** Whether the connection cannot be remembered since another one has its tuples: __nf_conntrack_confirm. */
  clashes(own: Connection): boolean {
    if (this.isEmpty) return false;
    return directions.some((direction) => {
      const tuple = tupleOf(own, direction);
      const found = this.#first(
        tuple,
        (connection, other) =>
          connection !== own &&
          zoneIn(connection.zone, other) === zoneIn(own.zone, other) &&
          !isPicked(tuple) &&
          !isPicked(tupleOf(connection, other)),
      );
      return found !== null;
    });
  }

  /** Connections whose first packet had this source, the newest first: find_appropriate_src. */
  bySource(tuple: Tuple, zone: Zone): readonly Connection[] {
    const known = (this.#known?.bySource.get(sourceKey(tuple)) ?? []).map((entry) => this.#take(entry));
    return [...this.#added.toReversed(), ...known].filter(
      (connection) =>
        !this.#isRemoved(connection) &&
        sourceKey(connection.original) === sourceKey(tuple) &&
        connection.original.icmp?.id === tuple.icmp?.id &&
        zoneIn(connection.zone, 'original') === zoneIn(zone, 'original'),
    );
  }

  /** The packet that began `connection` has gone all the way. */
  confirm(connection: Connection): void {
    if (connection.confirmed) return;
    connection.confirmed = true;
    this.#added.push(connection);
  }

  /** Whether the sender of a SYN may open a connection again that the snapshot has as CLOSE: it reset it, or a FIN came before. */
  mayReopen(tuple: Tuple): boolean {
    return this.#ask(aboutReset(tuple));
  }

  remove(connection: Connection): void {
    (this.#removed ??= new Set()).add(connection);
  }

  #isRemoved(connection: Connection): boolean {
    return this.#removed !== null && this.#removed.has(connection);
  }

  #first(tuple: Tuple, isMeant: (connection: Connection, direction: Direction) => boolean): Found | null {
    for (let at = this.#added.length - 1; at >= 0; at--) {
      const connection = this.#added[at];
      if (connection === undefined || this.#isRemoved(connection)) continue;
      for (const direction of directions) {
        const own = tupleOf(connection, direction);
        if (hasAddresses(own, tuple) && isMeant(connection, direction) && this.#hasId(own, tuple, direction))
          return { connection, direction };
      }
    }
    for (const { entry, direction } of this.#known?.byTuple.get(tupleKey(tuple)) ?? []) {
      const connection = this.#take(entry);
      if (this.#isRemoved(connection) || !isMeant(connection, direction)) continue;
      if (this.#hasId(entryTuple(entry, direction), tuple, direction)) return { connection, direction };
    }
    return null;
  }

  /** Whether a packet has what the kernel picked for a connection: taken for granted of the ports and identifiers that it may have picked. */
  #hasPicked(connection: Connection, direction: Direction, tuple: Tuple): boolean {
    const { sourcePort, destinationPort, icmp } = tupleOf(connection, direction);
    return (
      this.#isPicked(sourcePort, tuple.sourcePort, connection.pickedDestinationPorts) &&
      this.#isPicked(destinationPort, tuple.destinationPort, connection.pickedSourcePorts) &&
      (icmp?.id !== '*' || typeof tuple.icmp?.id !== 'number' || this.#ask(aboutPickedId(tuple.icmp.id)))
    );
  }

  #isPicked(own: Port, asked: Port, range: NumberRange | null): boolean {
    if (own !== '*' || typeof asked !== 'number' || asked === PICKED_PORT) return true;
    if (range !== null && (asked < range.from || asked > range.to)) return false;
    return this.#ask(aboutPicked(asked));
  }

  /** ICMP identifiers that are not known are the same; one that is not known may be any that is. */
  #hasId(one: Tuple, other: Tuple, direction: Direction): boolean {
    if (one.icmp === null || other.icmp === null || sameOrPicked(one.icmp.id, other.icmp.id)) return true;
    const id = one.icmp.id ?? other.icmp.id;
    const isKnown = one.icmp.id !== null && other.icmp.id !== null;
    return !isKnown && typeof id === 'number' && this.#ask(aboutId(id, direction));
  }

  #take(entry: ConntrackEntry): Connection {
    const all = (this.#taken ??= new Map());
    const taken = all.get(entry);
    if (taken !== undefined) return taken;
    const connection = connectionOf(entry, this.#known?.isBalanced(entry) === true);
    all.set(entry, connection);
    return connection;
  }
}

/** The packet's ICMP identifier, where it does not say it. */
export const ICMP_ID = 'icmp-id';

/** An answer to a query that the node knows is taken for the answer to it; a query may well be another one. */
function aboutId(id: number, direction: Direction): Question {
  const asked = question(
    `${ICMP_ID}:${id}`,
    'icmp-id-unknown',
    `The node knows an ICMP query with these addresses and the identifier ${id}; the packet’s identifier is not known.`,
    `the ICMP identifier is ${id}`,
    { is: [numberFact(ICMP_ID, [{ from: id, to: id }], 65535)] },
  );
  return direction === 'reply' ? { ...asked, presumed: true } : asked;
}

function aboutPicked(port: number): Question {
  return presume(
    true,
    `picked-port:${port}`,
    'nat-port-assumed',
    `The packet is taken to be an answer: ${port} is taken to be the port that the kernel picked at random for the connection.`,
    `${port} is the port that the kernel picked for the connection`,
  );
}

function aboutPickedId(id: number): Question {
  return presume(
    true,
    `picked-id:${id}`,
    'nat-port-assumed',
    `The packet is taken to be an answer: ${id} is taken to be the ICMP identifier that the kernel picked at random for the query.`,
    `${id} is the identifier that the kernel picked for the query`,
  );
}

/** Of a closed connection no listing says who reset it. */
function aboutReset(tuple: Tuple): Question {
  const message =
    'The node knows a connection with these ends that a reset closed, and not by whom: a SYN of the one who reset it, or after a FIN, opens a new one; to another SYN the old one still belongs.';
  return question(
    `reopen:${tupleKey(tuple)}`,
    'reset-by-unknown',
    message,
    'the SYN opens a new connection in place of the one that was reset',
  );
}

/** What the kernel picked is free. */
function isPicked({ sourcePort, destinationPort, icmp }: Tuple): boolean {
  return sourcePort === '*' || destinationPort === '*' || icmp?.id === '*';
}

/** A port that the kernel picked at random (`'*'`) may be any. */
function sameOrPicked(one: Port, other: Port): boolean {
  return one === other || one === '*' || other === '*';
}

function hasAddresses(one: Tuple, other: Tuple): boolean {
  return (
    one.protocol === other.protocol &&
    one.source === other.source &&
    one.destination === other.destination &&
    sameOrPicked(one.sourcePort, other.sourcePort) &&
    sameOrPicked(one.destinationPort, other.destinationPort) &&
    one.icmp?.type === other.icmp?.type &&
    one.icmp?.code === other.icmp?.code
  );
}
