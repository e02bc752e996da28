/** What a reader makes of a value: the value, or why it is none, in plain words that fit behind the quoted text. */
export type Reading<T> = { readonly kind: 'value'; readonly value: T } | Fault;

interface Fault {
  readonly kind: 'fault';
  readonly reason: string;
  /** A clause on what iptables does with it where it does not simply refuse it: "iptables asks the resolver for it". */
  readonly doubt: string | null;
}

/** A value that was read. */
export function value<T>(read: T): Reading<T> {
  return { kind: 'value', value: read };
}

/** `fault('is not a port')` */
export function fault(reason: string, doubt: string | null = null): Fault {
  return { kind: 'fault', reason, doubt };
}

/** The fault of a part, said of the whole: `has a port that` is more than 65535. */
export function faultWithin(where: string, { reason, doubt }: Fault): Fault {
  return fault(`${where} ${reason}`, doubt);
}

/** Reads each part of `a,b,c`; the first fault is the fault of the whole. */
export function readList<T>(text: string, read: (part: string) => Reading<T>): Reading<readonly T[]> {
  const values: T[] = [];
  for (const part of text.split(',')) {
    const reading = read(part);
    if (reading.kind === 'fault') return reading;
    values.push(reading.value);
  }
  return value(values);
}

/** The one of `names` that `text` is, or begins, as iptables compares (`strncasecmp`), the first that fits. */
export function findByPrefix<T extends string>(names: readonly T[], text: string): T | null {
  const wanted = text.toLowerCase();
  if (wanted === '') return null;
  return names.find((name) => name.toLowerCase().startsWith(wanted)) ?? null;
}
