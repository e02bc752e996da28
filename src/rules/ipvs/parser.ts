/** Reads what ipvsadm lists: `-Sn`, `-S`, `-Ln`, `-Ln --stats`, `--rate`, `--persistent-conn`, `-Lnc`, or several one after the other. */
import { isCommand, readCommand } from './commands.ts';
import { isConnectionHeader, readConnection } from './connections.ts';
import { Drafts } from './drafts.ts';
import { isHeader, ListingReader } from './listing.ts';
import { linesOfWords } from './lines.ts';
import type { IpvsRules } from './nodes.ts';

/** Never throws: what is no line of ipvsadm is a problem. Lines that begin with `#` are none. */
export function parseIpvs(text: string): IpvsRules {
  const drafts = new Drafts();
  const listing = new ListingReader(drafts);
  let known = false;
  for (const line of linesOfWords(text)) {
    if (line.words[0]?.text.startsWith('#') === true) continue;
    known ||= isHeader(line) || isConnectionHeader(line) || isCommand(line);
    if (isCommand(line)) readCommand(line, drafts);
    else if (isHeader(line)) listing.header(line);
    else if (isConnectionHeader(line)) drafts.connections ??= [];
    else if (!readConnection(line, drafts) && !listing.line(line)) {
      drafts.note('bad-line', line, text.slice(line.start, line.end));
    }
  }
  const services = drafts.services();
  if (!known && services.length === 0 && drafts.connections === null && text.trim() !== '') {
    drafts.problems.length = 0;
    drafts.note('not-ipvs', { start: 0, end: text.length }, '');
  }
  return { text, services, connections: drafts.connections, problems: drafts.problems };
}
