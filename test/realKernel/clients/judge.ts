/** What is told of a connection against what a client heard, and what the server saw. */
import type {
  Detail,
  Fate,
  Reading,
  ToldHeadline,
  ToldLoss,
  ToldPassage,
} from '../../support/sentences/claims.ts';
import type { Verdicts } from '../../support/sentences/complaint.ts';

/** What a connection got. */
export type Heard =
  | { readonly kind: 'ok'; readonly endpoint: string; readonly source: string }
  /** `ECONNREFUSED`, `TIMEOUT` … */
  | { readonly kind: 'error'; readonly name: string };

/** `OK 10.244.1.5 8080 10.244.1.1` */
export function heardOf(answer: string): Heard {
  const [word = '', address = '', port = '', source = ''] = answer.split(' ');
  if (word !== 'OK') return { kind: 'error', name: word };
  const endpoint = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { kind: 'ok', endpoint, source };
}

/** What libc calls the errors that are told in words. */
const names: ReadonlyMap<string, string> = new Map([
  ['connection refused', 'ECONNREFUSED'],
  ['no route to host', 'EHOSTUNREACH'],
  ['network is unreachable', 'ENETUNREACH'],
  ['protocol not available', 'ENOPROTOOPT'],
  ['permission denied', 'EACCES'],
  ['operation not permitted', 'EPERM'],
  ['invalid argument', 'EINVAL'],
]);

type Source = Extract<Detail, { kind: 'source' }>;

/** Several connections alike. */
export interface Connections {
  /** The client's own address; empty where its node chooses it. */
  readonly client: string;
  readonly heard: readonly Heard[];
  /** Addresses that are said to be taken for another machine's: of the sources seen there nothing is claimed. */
  readonly takenForOthers: ReadonlySet<string>;
}

export function judgeHeard(reading: Reading, connections: Connections, verdicts: Verdicts): void {
  const { client, heard, takenForOthers } = connections;
  const { headline, details } = reading;
  if (headline === null) return;
  const { fates } = headline;
  for (const each of heard) {
    const name = each.kind === 'ok' ? 'OK' : each.name;
    const may =
      fates.length === 0 ||
      fates.some((fate) => mayBe(fate, reading, each)) ||
      isLostReset(reading, client, each);
    verdicts.claim(`what the client gets: not ${name}`, may, name);
    // Behind such an address, which is the node's after all, the source is not translated.
    const elsewhere =
      each.kind === 'ok' && each.source === client && takenForOthers.has(hostOf(each.endpoint));
    if (each.kind === 'ok' && !elsewhere) judgeSource(details, each.source, client, headline.open, verdicts);
  }
  const ends = heard.map((each) => (each.kind === 'ok' ? 'ok' : each.name));
  if (ends.every((end) => end !== 'ok') && fates.length === 1 && !headline.open) {
    const [only] = fates;
    const stops = only?.end.kind === 'stops';
    if (stops) verdicts.said('what the sender notices', said(reading), ends.join(' '));
  }
}

function said({ headline }: Reading): boolean {
  if (headline === null || headline.notice !== null) return true;
  return headline.fates.some(
    ({ end }) => end.kind === 'stops' && end.cause.kind === 'kernel' && /E[A-Z]{4}/.test(end.cause.reason),
  );
}

function mayBe({ end }: Fate, reading: Reading, heard: Heard): boolean {
  if (end.kind === 'unknown') return true;
  if (end.kind === 'passes') return mayPass(end, reading, heard);
  if (heard.kind === 'ok') return false;
  return errorsOf(reading, end.cause.kind === 'kernel' ? end.cause.reason : '').has(heard.name);
}

/** What a client may get of a packet that is stopped; where nothing is said of it any error. */
function errorsOf({ headline }: Reading, reason: string): { has(name: string): boolean } {
  const notice = headline?.notice ?? null;
  const named = /\b(E[A-Z]{4,})\b/.exec(reason)?.[1];
  if (notice === null) return named === undefined ? { has: () => true } : new Set([named]);
  if (notice.kind !== 'error') return new Set(['TIMEOUT']);
  return new Set([names.get(notice.error) ?? notice.error]);
}

/** A refusal that the node sends to ::1 from an address of another interface does not arrive. */
function isLostReset({ details }: Reading, client: string, heard: Heard): boolean {
  const isOpen = details.some(({ kind }) => kind === 'listener unknown');
  return client === '::1' && isOpen && heard.kind === 'error' && heard.name === 'TIMEOUT';
}

/** Ways in which an answer surely does not reach the client. */
const surely: ReadonlySet<ToldLoss['kind']> = new Set([
  'itself',
  'unheard',
  'stranger',
  'astray',
  'stopped',
  'listener',
]);

/** The answer surely goes to who answers, and nothing is said of what the sender notices: its neighbour may not be found. */
function mayMeetNobody({ notice, open, losses }: ToldHeadline): boolean {
  return notice === null && !open && losses.some(({ kind, share }) => kind === 'itself' && share === null);
}

function mayPass(end: ToldPassage, { headline, details }: Reading, heard: Heard): boolean {
  const losses = headline?.losses ?? [];
  const nobody = end.unanswered || end.missed !== null;
  if (heard.kind === 'ok') {
    const isLost =
      headline?.open === false && losses.some(({ kind, share }) => share === null && surely.has(kind));
    if (nobody || isLost) return false;
    return end.to === null || end.to === heard.endpoint || isRedirected(end, heard.endpoint);
  }
  const own = end.verb === 'local' && end.service === null;
  // Nothing listens, and the refusal is said not to come.
  const isSilent = headline?.notice !== null && headline?.notice.kind !== 'error';
  const isLost =
    (isSilent && losses.some(({ kind }) => kind === 'listener')) ||
    details.some((each) => each.kind === 'listener unknown' && each.silent);
  if (heard.name === 'TIMEOUT' && isLost) return true;
  if (heard.name === 'ECONNREFUSED' && isLost && headline?.open === false) return false;
  if (heard.name === 'ECONNREFUSED')
    return own || nobody || (end.service === null && end.translatedBy === null);
  if (heard.name === 'EHOSTUNREACH' && headline !== null && mayMeetNobody(headline)) return true;
  if (heard.name !== 'TIMEOUT') return nobody;
  const isOpen = details.some((each) => each.kind === 'replies' && each.way === 'must come through');
  return nobody || isOpen || losses.some(({ kind }) => kind !== 'listener');
}

/** Which of its addresses the node redirects to is not known from its rules alone. */
function isRedirected({ verb, translatedBy, to }: ToldPassage, endpoint: string): boolean {
  return verb === 'local' && translatedBy !== null && portOf(to ?? '') === portOf(endpoint);
}

/** `[fd00::5]:80` → `fd00::5` */
function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

function portOf(endpoint: string): string {
  return endpoint.slice(endpoint.lastIndexOf(':'));
}

function judgeSource(
  details: readonly Detail[],
  seen: string,
  client: string,
  open: boolean,
  verdicts: Verdicts,
): void {
  const told = details.filter((each): each is Source => each.kind === 'source');
  const [only] = told;
  if (only === undefined) {
    const asOpen = open || details.some(({ kind }) => kind === 'remedy');
    if (client !== '') verdicts.said('source', seen === client || asOpen, `${seen} is seen`);
    return;
  }
  const { whose, seen: addresses } = only;
  if (whose === 'partly') {
    const known = seen === client || addresses.length === 0 || addresses.includes(seen) || client === '';
    verdicts.claim('source seen', known, `${seen} is seen`);
  } else if (addresses.length > 0) verdicts.claim('source seen', addresses.includes(seen), `${seen} is seen`);
  else if (client !== '' && whose !== 'node')
    verdicts.claim('source seen', seen !== client, `${seen} is seen`);
}
