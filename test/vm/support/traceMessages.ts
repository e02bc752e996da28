/** What nf_tables says of packets that it traces, and of its rules, over netlink: include/uapi/linux/netfilter/nf_tables.h. */

/** A rule that matched, the end of a chain, or its policy. */
export interface TraceMessage {
  /** Of one packet all are the same, unless it comes in again. */
  readonly id: number;
  /** `4:nat`, `6:filter`, `inet:guards` */
  readonly table: string;
  readonly chain: string;
  /** Null where it is no rule that matched. */
  readonly handle: bigint | null;
  /** Ended here by this rule or policy. */
  readonly dropped: boolean;
  readonly mark: number;
  /** Only of the first message in each base chain; else null. */
  readonly packet: TracedPacket | null;
}

export interface TracedPacket {
  /** Numbers of the interfaces; 0: none. */
  readonly input: number;
  readonly output: number;
  /** From its first byte on, as far as the kernel tells. */
  readonly network: Buffer;
  readonly transport: Buffer;
}

const [NEW_RULE, TRACE] = [(10 << 8) | 6, (10 << 8) | 17];
const RULE = { table: 1, chain: 2, handle: 3 } as const;
const OF = {
  table: 1,
  chain: 2,
  handle: 3,
  type: 4,
  verdict: 5,
  id: 6,
  network: 8,
  transport: 9,
  input: 10,
  output: 12,
  mark: 14,
  policy: 16,
} as const;
const POLICY = 1;
const DROP = 0;

const families: ReadonlyMap<number, string> = new Map([
  [1, 'inet:'],
  [2, '4:'],
  [10, '6:'],
]);

interface Message {
  readonly family: string;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

export function traceMessages(datagrams: readonly string[]): readonly TraceMessage[] {
  return datagrams.flatMap((hex) => [...messagesIn(Buffer.from(hex, 'hex'), TRACE)].map(traced));
}

/** `4:nat/PREROUTING/0` by `4:nat/PREROUTING` and its rule's handle. */
export function rulePlaces(datagrams: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const lengths = new Map<string, number>();
  for (const { family, attributes } of datagrams.flatMap((hex) => [
    ...messagesIn(Buffer.from(hex, 'hex'), NEW_RULE),
  ])) {
    const chain = `${family}${textOf(attributes, RULE.table)}/${textOf(attributes, RULE.chain)}`;
    const index = lengths.get(chain) ?? 0;
    lengths.set(chain, index + 1);
    places.set(`${chain} ${attributes.get(RULE.handle)?.readBigUInt64BE()}`, `${chain}/${index}`);
  }
  return places;
}

function traced({ family, attributes }: Message): TraceMessage {
  const type = numberOf(attributes, OF.type);
  const network = attributes.get(OF.network);
  const verdict =
    type === POLICY
      ? numberOf(attributes, OF.policy)
      : (attributesOf(attributes.get(OF.verdict) ?? Buffer.alloc(0))
          .get(1)
          ?.readInt32BE() ?? null);
  return {
    id: numberOf(attributes, OF.id),
    table: `${family}${textOf(attributes, OF.table)}`,
    chain: textOf(attributes, OF.chain),
    handle: attributes.get(OF.handle)?.readBigUInt64BE() ?? null,
    dropped: verdict === DROP,
    mark: numberOf(attributes, OF.mark),
    packet:
      network === undefined
        ? null
        : {
            input: numberOf(attributes, OF.input),
            output: numberOf(attributes, OF.output),
            network,
            transport: attributes.get(OF.transport) ?? Buffer.alloc(0),
          },
  };
}

const HEADER = 16;
const OWN_HEADER = 4;

function* messagesIn(datagram: Buffer, wanted: number): Generator<Message> {
  for (let at = 0; at + HEADER + OWN_HEADER <= datagram.length;) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER) return;
    if (datagram.readUInt16LE(at + 4) === wanted) {
      const body = datagram.subarray(at + HEADER, at + length);
      const family = families.get(body.readUInt8(0)) ?? '';
      yield { family, attributes: attributesOf(body.subarray(OWN_HEADER)) };
    }
    at += (length + 3) & ~3;
  }
}

function attributesOf(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) break;
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}

/** Ends with a zero. */
function textOf(attributes: ReadonlyMap<number, Buffer>, key: number): string {
  return (attributes.get(key)?.toString('latin1') ?? '').replace(/\0.*$/s, '');
}

/** 0 where it is not said. */
function numberOf(attributes: ReadonlyMap<number, Buffer>, key: number): number {
  const bytes = attributes.get(key);
  return bytes?.length === 4 ? bytes.readUInt32BE() : 0;
}
