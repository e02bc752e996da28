/**
 * A grammar of what is told of a packet. It knows the words and nothing else, so that new wording has to be taught to it:
 * a sentence that it does not know is a failure of who tells, or of this grammar.
 */
import type { Detail, Fate, Reading, ToldHeadline, ToldLoss, ToldNotice } from './claims.ts';
import { endOf } from './clauses.ts';
import { detailsOf } from './details.ts';
import { splitLosses } from './losses.ts';

/** What is told, as text. */
export interface Told {
  readonly headline: string;
  readonly details: readonly string[];
}

export function readTold({ headline, details }: Told): Reading {
  const read = headlineOf(headline);
  const known = details.map((text) => ({ text, found: detailsOf(text) }));
  return {
    headline: read,
    details: known.flatMap(({ found }): readonly Detail[] => found ?? []),
    unread: [
      ...(read === null ? [headline] : []),
      ...known.filter(({ found }) => found === null).map(({ text }) => text),
    ],
  };
}

/** Null for a headline that is not known. */
function headlineOf(text: string): ToldHeadline | null {
  // Nothing is claimed of one that somebody forges.
  if (/^(?:Never comes to this node|Not decided here): /.test(text))
    return { fates: [], notice: null, open: true, losses: [] };
  const { text: complete, shown } = hidden(text.replace(/\.$/, ''));
  const { text: plain, losses } = splitLosses(complete);
  const whole = { text: plain, shown };
  const depends =
    /^(?:It depends|Stopped (?:either way|in every case; how depends))(?: on .*?)?: (.*)$/s.exec(
      whole.text,
    )?.[1];
  if (depends !== undefined) return dependent(depends, whole.shown, losses);
  const split = /^(.*?)[:;] ((?:the (?:client|process) |the refusal |the kernel answers nothing).*)$/s.exec(
    whole.text,
  );
  const notice = split?.[2] === undefined ? null : noticeOf(whole.shown(split[2]));
  if (split !== null && notice === null) return null;
  const fates = fatesOf(split?.[1] ?? whole.text, whole.shown);
  return fates === null ? null : { fates, notice, open: false, losses };
}

/** What is quoted may hold any words: it is put away while the sentence is taken apart. */
function hidden(text: string): { readonly text: string; readonly shown: (part: string) => string } {
  const quotes: string[] = [];
  const without = text.replace(
    /(?<=\()".*?"(?=\))|"[^"]*"|“[^”]*”/gs,
    (quote) => `⟦${quotes.push(quote) - 1}⟧`,
  );
  return {
    text: without,
    shown: (part) => part.replace(/⟦(\d+)⟧/g, (_, index: string) => quotes[Number(index)] ?? ''),
  };
}

function fatesOf(text: string, shown: (part: string) => string): readonly Fate[] | null {
  const parts = text.split(/(?<=\((?:[<>] )?[\d.]+ %\))(?:, | or )/);
  const other = parts.filter((part) => !/^\d+ other ways$/.test(part));
  const fates = other.map((part): Fate | null => {
    const [, clause = part, share] = /^(.*) \((?:[<>] )?([\d.]+) %\)$/s.exec(part) ?? [];
    return fateOf(shown(clause), share === undefined ? (parts.length === 1 ? 1 : null) : Number(share) / 100);
  });
  return fates.every((fate) => fate !== null) ? fates : null;
}

function fateOf(clause: string, share: number | null): Fate | null {
  const onward = /^(.*), (?:and|but) on (\S+) (.*)$/s.exec(clause);
  const end = endOf(lower(onward?.[1] ?? clause));
  if (end === null) return null;
  if (onward?.[2] === undefined) return { share, end, onNode: null };
  const there = endOf(lower((onward[3] ?? '').replaceAll('that node', 'this node')));
  return there === null ? null : { share, end: there, onNode: onward[2] };
}

/** `forwarded, delivered to this node or dropped`: which kinds of ends there are, and nothing of each. */
const KINDS_OF_ENDS =
  /^(?:(?:forwarded|delivered to this node|dropped|rejected|stopped behind this node|not known)(?:, | or |$))+$/;

function dependent(
  text: string,
  shown: (part: string) => string,
  losses: readonly ToldLoss[],
): ToldHeadline | null {
  if (KINDS_OF_ENDS.test(text)) return { fates: [], notice: null, open: true, losses };
  const parts = text.includes('; ') ? text.split('; ') : alternatives(text);
  const fates = parts.map((part): readonly Fate[] | null => {
    const clause = part
      .replace(/^else /, '')
      .replace(/,? (?:if|unless) .*$/s, (condition) =>
        condition.startsWith(' if the first packet') ? condition : '',
      );
    return fatesOf(clause, shown)?.map((fate) => ({ ...fate, share: null })) ?? null;
  });
  return fates.every((each) => each !== null)
    ? { fates: fates.flat(), notice: null, open: true, losses }
    : null;
}

/** `a, b or c`, where clauses hold commas themselves: each begins with its verb. */
function alternatives(text: string): readonly string[] {
  return text.split(
    /(?:, | or )(?=(?:forwarded|sent|delivered|dropped|rejected|not known|nobody answers)\b)/,
  );
}

function lower(clause: string): string {
  return clause.charAt(0).toLowerCase() + clause.slice(1);
}

/** Null for what is not known. */
function noticeOf(text: string): ToldNotice | null {
  const seen = /^the (?:client|process) (?:sees|is told) "([^"]+)"( at once)?$/.exec(text);
  if (seen?.[1] !== undefined) return { kind: 'error', error: seen[1], atOnce: seen[2] !== undefined };
  const lost = /^the refusal (?:is |cannot be sent: |does not go back ).*, and (.*)$/s.exec(text)?.[1];
  if (lost !== undefined) return noticeOf(lost) === null ? null : { kind: 'lost refusal' };
  if (/^the (?:client|process) hangs until it times out$/.test(text)) return { kind: 'hangs' };
  if (/^the (?:client|process) gets no answer$/.test(text)) return { kind: 'no answer' };
  if (/^the kernel answers nothing to such a packet, and the (?:client|process) waits$/.test(text)) {
    return { kind: 'unanswered reject' };
  }
  return null;
}
