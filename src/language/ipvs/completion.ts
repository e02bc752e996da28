/** Completion of lines of `ipvsadm -S`. */
import { CompletionItemKind, type CompletionItem, type CompletionList } from 'vscode-languageserver-types';
import { virtualName } from '../../rules/ipvs/names.ts';
import type { NamedAddress } from '../completion/knownNames.ts';
import type { IpvsDocument } from './ipvsDocument.ts';
import { commandOptions, type OptionOf, schedulerFlags, schedulerMeanings } from './vocabulary.ts';

const { EnumMember, Keyword, Property, Value } = CompletionItemKind;

interface Word {
  readonly text: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
}

const MOST_ITEMS = 1_000;
/** Options by which a virtual server is named. */
const VIRTUAL = ['-t', '-u', '--sctp-service', '-f'];

/** Nothing in a listing, which nobody writes by hand. `addresses`: of Services, endpoints and the node. */
export function ipvsCompletions(
  document: IpvsDocument,
  offset: number,
  addresses: Iterable<NamedAddress>,
): CompletionList {
  const { text } = document;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const typed = /\S*$/u.exec(line)?.[0] ?? '';
  const words = line
    .slice(0, line.length - typed.length)
    .replace(/^\s*ipvsadm\s/u, '')
    .trim()
    .split(/\s+/u)
    .filter(Boolean);
  const isListing = /^\s*(?:IP Virtual Server|Prot|TCP|UDP|SCTP|FWM|->|IPVS|pro)\b/mu.test(
    text.slice(0, 500),
  );
  if (isListing || line.trimStart().startsWith('#')) return { isIncomplete: false, items: [] };
  const range = document.rangeOf({ start: offset - typed.length, end: offset });
  const found = wordsBehind(words, document, addresses).slice(0, MOST_ITEMS);
  const items = found.map(({ text: newText, kind, detail }): CompletionItem => ({
    label: newText,
    kind,
    ...(detail === undefined ? {} : { detail }),
    textEdit: { range, newText },
  }));
  return { isIncomplete: false, items };
}

function wordsBehind(
  words: readonly string[],
  document: IpvsDocument,
  addresses: Iterable<NamedAddress>,
): readonly Word[] {
  const [command = ''] = words;
  if (words.length === 0)
    return [
      { text: '-A', kind: Keyword, detail: 'a virtual server' },
      { text: '-a', kind: Keyword, detail: 'a server of a virtual server' },
    ];
  const isServer = command === '-a' || command === '--add-server';
  if (!isServer && command !== '-A' && command !== '--add-service') return [];
  const last = words.at(-1) ?? '';
  return words.length > 1
    ? (valuesOf(last, isServer, document, addresses) ?? optionsLeft(words, isServer))
    : optionsLeft(words, isServer);
}

/** Null where no value of the option stands next. */
function valuesOf(
  option: string,
  isServer: boolean,
  document: IpvsDocument,
  addresses: Iterable<NamedAddress>,
): readonly Word[] | null {
  switch (option) {
    case '-s':
    case '--scheduler':
      return [...schedulerMeanings].map(([text, detail]) => ({ text, kind: EnumMember, detail }));
    case '-b':
    case '--sched-flags':
      return schedulerFlags.map((text) => ({ text, kind: EnumMember }));
    case '--pe':
      return [{ text: 'sip', kind: EnumMember }];
    case '-t':
    case '-u':
    case '--sctp-service':
      return isServer ? virtualServers(document, option) : addressWords(addresses);
    case '-r':
    case '--real-server':
      return addressWords(addresses);
    case '-w':
    case '-x':
    case '-y':
    case '-f':
    case '-M':
      return [];
    default:
      return null;
  }
}

const protocolOf: Readonly<Record<string, string>> = { '-t': 'tcp', '-u': 'udp', '--sctp-service': 'sctp' };

/** Those of the text: a server belongs to one of them. */
function virtualServers({ ipvs }: IpvsDocument, option: string): readonly Word[] {
  const found = ipvs.services.flatMap(({ virtual }) =>
    virtual.kind === 'address' && virtual.protocol === protocolOf[option] ? virtualName(virtual) : [],
  );
  return [...new Set(found)].map((name) => ({ text: name.replace(/^\w+ /u, ''), kind: Value }));
}

function addressWords(addresses: Iterable<NamedAddress>): readonly Word[] {
  const found: Word[] = [];
  for (const { family, address, name } of addresses) {
    if (found.length >= MOST_ITEMS) break;
    found.push({ text: family === 4 ? `${address}:` : `[${address}]:`, kind: Value, detail: name });
  }
  return found;
}

/** Each is said once, one virtual server and one way to the server. */
function optionsLeft(words: readonly string[], isServer: boolean): readonly Word[] {
  const isNamed = words.some((word) => VIRTUAL.includes(word));
  const ways = ['-m', '-g', '-i'];
  const hasWay = words.some((word) => ways.includes(word));
  const fits = ({ name, of }: OptionOf): boolean =>
    of !== (isServer ? 'service' : 'server') &&
    !words.includes(name) &&
    !(isNamed && VIRTUAL.includes(name)) &&
    !(hasWay && ways.includes(name));
  return commandOptions
    .filter(fits)
    .map(({ name, means }) => ({ text: name, kind: Property, detail: means }));
}
