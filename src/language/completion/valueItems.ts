/** Values of options, by their kind: one table from a kind to where its values come from. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { ValueKind } from '../../rules/iptables/catalogue/definitions.ts';
import { servicePorts } from '../../values/services.ts';
import { addressLists, endpointLists } from './addressItems.ts';
import type { Candidate } from './candidates.ts';
import { commentLists } from './commentItems.ts';
import type { PlaceContext } from './context.ts';
import { optionKey } from './habits.ts';
import { markLists } from './markItems.ts';
import type { ValuePlace } from './place.ts';
import { readHostPort } from '../../values/hostPort.ts';
import { wordsOfKind } from './kindWords.ts';
import { tokensOf } from './tokens.ts';

type ValueContext = PlaceContext<ValuePlace>;
type Lists = readonly Iterable<Candidate>[];

const sources: Partial<Record<ValueKind, (context: ValueContext) => Lists>> = {
  addressList: addressLists,
  network: addressLists,
  address: addressLists,
  natDestination: endpointLists,
  natSource: endpointLists,
  interface: interfaceLists,
  port: portLists,
  portRange: portLists,
  orderedPortRange: portLists,
  portList: portLists,
  natPorts: portLists,
  setMatch: setLists,
  mark: markLists,
  markSet: markLists,
  probability: probabilityLists,
};

/** Kinds whose values are lists with commas. */
const LISTS: ReadonlySet<ValueKind> = new Set([
  'addressList',
  'portList',
  'conntrackStates',
  'trackedStates',
  'conntrackStatuses',
  'addressTypes',
  'keywords',
  'tcpFlags',
  'setMatch',
  'monthDays',
  'weekDays',
  'ipv6Headers',
  'chunkTypes',
  'tcpOptions',
]);

/** What may stand as a value, the likeliest of each source first. */
export function valueLists(context: ValueContext): Lists {
  const { option, index } = context.place;
  const key = optionKey(option.name, index);
  const own =
    option.name === '--comment' ? commentLists(context) : (sources[option.kind ?? 'word']?.(context) ?? []);
  return [
    ...own,
    plain(sameOption(context)),
    plain(context.habit(context.kind, key)),
    plain(context.habit(null, key)),
    wordsOfKind(option, index),
  ];
}

function plain(texts: readonly string[]): readonly Candidate[] {
  return texts.map((text) => ({ text, kind: CompletionItemKind.Value }));
}

/** Of `RELATED,EST` the part behind the comma, which is completed for itself; null where there is none. */
export function listPart({
  option,
  typed,
  quoted,
}: ValuePlace): { readonly before: readonly string[]; readonly typed: string } | null {
  if (quoted || option.kind === null || !LISTS.has(option.kind) || !typed.includes(',')) return null;
  const parts = typed.split(',');
  return { before: parts.slice(0, -1), typed: parts.at(-1) ?? '' };
}

/** What rules that have to do with the line have behind the same option. */
function sameOption({ related, place }: ValueContext): readonly string[] {
  return related.flatMap((rule) => valuesIn(tokensOf(rule), place.option.name, place.index));
}

function valuesIn(tokens: ReturnType<typeof tokensOf>, name: string, index: number): readonly string[] {
  return tokens.flatMap((token) => (token.name === name ? (token.values[index] ?? []) : []));
}

function interfaceLists(context: ValueContext): Lists {
  const interfaces = [...(context.request.analysis?.node.interfaces?.values() ?? [])];
  const own = interfaces.map(({ name, up, addresses }) => ({
    text: name,
    kind: CompletionItemKind.Reference,
    detail: `${up ? 'up' : 'down'}, ${addresses.length === 0 ? 'no address' : `${addresses.length} addresses`}`,
  }));
  const written = ['-i', '-o', '--physdev-in', '--physdev-out'].flatMap((option) =>
    context.habit(null, option),
  );
  return [own, written.map((text) => ({ text, kind: CompletionItemKind.Reference }))];
}

/** Ports of rules that have to do with the line, also where they translate to; then the names that ports have. */
function portLists({ related, request, place }: ValueContext): Lists {
  const translated = related.flatMap((rule) =>
    valuesIn(tokensOf(rule), '--to-destination', 0).flatMap((value) => readHostPort(value).port ?? []),
  );
  const protocol = place.tokens.find(({ name }) => name === '-p')?.values[0];
  const ports = request.names.ports
    .filter((each) => protocol === undefined || each.protocol === protocol)
    .map(({ port, name }) => portCandidate(port, name));
  const wellKnown = [...servicePorts].flatMap(([name, port]): Candidate[] => [
    portCandidate(port, name),
    { text: name, kind: CompletionItemKind.Constant, detail: String(port) },
  ]);
  return [[...new Set(translated)].map((port) => portCandidate(port, '')), ports, wellKnown];
}

function portCandidate(port: number, name: string): Candidate {
  const named = name === '' ? {} : { detail: name, names: name };
  return { text: String(port), kind: CompletionItemKind.Value, ...named };
}

function setLists({ request, place }: ValueContext): Lists {
  if (place.index > 0) {
    const dimensions = ['src', 'dst', 'src,src', 'dst,dst', 'src,dst', 'dst,src'];
    return [dimensions.map((text) => ({ text, kind: CompletionItemKind.EnumMember }))];
  }
  const sets = [...(request.analysis?.node.ipsets?.values() ?? [])];
  return [sets.map(({ name, type }) => ({ text: name, kind: CompletionItemKind.Struct, detail: type }))];
}

/** `1 / n` as iptables-save prints it: of one rule more than stand behind it, then all others. */
function probabilityLists({ own, place }: ValueContext): Lists {
  const behind = own.filter(({ start }) => start > place.line.start).length;
  const counts = [behind + 1, ...Array.from({ length: 60 }, (_, index) => index + 2)].filter(
    (count) => count > 1,
  );
  return [
    counts.map((count) => ({
      text: shareText(count),
      kind: CompletionItemKind.Value,
      detail: `1 of ${count}`,
    })),
  ];
}

/** The kernel keeps 31 bits of it (extensions/libxt_statistic.c): 1 of 3 → `0.33333333349`. */
function shareText(count: number): string {
  return (Math.round(2 ** 31 / count) / 2 ** 31).toFixed(11);
}
