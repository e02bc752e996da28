/** `ipvsadm -Lnc`: `TCP 14:54  ESTABLISHED 10.0.0.1:40000 10.96.0.1:443 192.168.0.2:6443`. */
import type { Drafts } from './drafts.ts';
import { isNamedEnd, readEnd, readListedProtocol } from './ends.ts';
import type { IpvsLine } from './lines.ts';

/** `IPVS connection entries` and `pro expire state source virtual destination`. */
export function isConnectionHeader({ words }: IpvsLine): boolean {
  const [first, second] = words;
  return (
    (first?.text === 'IPVS' && second?.text === 'connection') ||
    (first?.text === 'pro' && second?.text === 'expire')
  );
}

const EXPIRY = /^(\d{1,9}):(\d\d)$/;

/** False where the line is none of such a list. */
export function readConnection(line: IpvsLine, drafts: Drafts): boolean {
  const [kind, expiry, state, client, virtual, server] = line.words.map(({ text }) => text);
  const protocol = kind === 'IP' ? 'ip' : readListedProtocol(kind);
  const time = EXPIRY.exec(expiry ?? '');
  if (protocol === null || time === null || state === undefined) return false;
  const ends = {
    client: readEnd(client ?? ''),
    virtual: readEnd(virtual ?? ''),
    server: readEnd(server ?? ''),
  };
  if (ends.client === null || ends.virtual === null || ends.server === null) {
    const named = [client, virtual, server].find((text) => text !== undefined && readEnd(text) === null);
    drafts.note(isNamedEnd(named ?? '') ? 'named-end' : 'bad-line', line, named ?? '');
    return true;
  }
  (drafts.connections ??= []).push({
    start: line.start,
    end: line.end,
    protocol,
    state,
    expires: Number(time[1]) * 60 + Number(time[2]),
    client: ends.client,
    virtual: ends.virtual,
    server: ends.server,
  });
  return true;
}
