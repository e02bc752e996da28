/** Addresses and networks: those of rules that have to do with the line, of the node, of its Services and endpoints. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { joinHostPort, readHostPort } from '../../values/hostPort.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { Candidate } from './candidates.ts';
import type { PlaceContext } from './context.ts';
import { ENDPOINT, plainAddress } from './linkWords.ts';
import type { ValuePlace } from './place.ts';
import { tokensOf } from './tokens.ts';

type ValueContext = PlaceContext<ValuePlace>;

/** `-s`, `-d`, `--ctorigdst` …: single addresses as iptables prints them, with `/32`. */
export function addressLists(context: ValueContext): readonly Iterable<Candidate>[] {
  const related = relatedAddresses(context.related).map((address) => hostNetwork(address));
  return [related.map(addressCandidate), unusedHere(context), known(context, hostNetwork)];
}

/** `--to-destination`, `--to-source`: with a port where rules like this have one. */
export function endpointLists(context: ValueContext): readonly Iterable<Candidate>[] {
  const hosts = relatedAddresses([...context.own, ...context.callers.map(({ rule }) => rule)]);
  const rules = context.related;
  const written = rules.flatMap((rule) => endpointsIn(rule));
  const ports = [...new Set(written.map((each) => readHostPort(each).port))];
  const joined = hosts.flatMap((host) =>
    ports.map((port) => (port === null ? host : joinHostPort(host, port))),
  );
  const named = context.related.flatMap(commentEndpoints);
  return [
    named.map(addressCandidate),
    joined.map(addressCandidate),
    onSamePort(context).map(addressCandidate),
    hosts.map(addressCandidate),
    known(context, (address) => address),
  ];
}

/** Single addresses of the table on the port that the line itself takes: most translations keep the port. */
function onSamePort({ place, request }: ValueContext): readonly string[] {
  const port = Number(place.tokens.find(({ name }) => name === '--dport')?.values[0]);
  if (!Number.isInteger(port)) return [];
  const written = ['-d', '-s'].flatMap((option) => [...request.habits.values(null, option).keys()]);
  const hosts = new Set(written.filter((value) => !/\/(?!32$|128$)/.test(value)).map(plainAddress));
  return [...hosts].map((host) => joinHostPort(host, port));
}

/** `10.244.1.5:8080` in what rules translate to. */
export function endpointsIn(rule: Rule): readonly string[] {
  return tokensOf(rule).flatMap(({ definition, values }) =>
    definition?.kind === 'natDestination' || definition?.kind === 'natSource' ? values : [],
  );
}

/** `default/web:http -> 10.244.1.5:8080` → `10.244.1.5:8080` */
export function commentEndpoints(rule: Rule): readonly string[] {
  return tokensOf(rule).flatMap(({ name, values }) =>
    name === '--comment' ? (ENDPOINT.exec(values[0] ?? '')?.slice(0, 1) ?? []) : [],
  );
}

const ADDRESS_KINDS: readonly unknown[] = [
  'addressList',
  'network',
  'address',
  'natDestination',
  'natSource',
];

/** Every address of the rules, networks as they are written. */
function relatedAddresses(rules: readonly Rule[]): readonly string[] {
  const found = rules.flatMap((rule) => [
    ...tokensOf(rule).flatMap(({ definition, values }) =>
      ADDRESS_KINDS.includes(definition?.kind) ? values.flatMap((value) => value.split(',')) : [],
    ),
    ...commentEndpoints(rule),
  ]);
  return [...new Set(found.map((value) => (/\/(?!32$|128$)/.test(value) ? value : plainAddress(value))))];
}

/** Addresses that rules of the table have behind the same option, and rules of this chain have not. */
function* unusedHere(context: ValueContext): Generator<Candidate> {
  const { habits } = context.request;
  for (const value of habits.values(null, context.place.option.name).keys()) {
    if (value === context.place.typed) continue;
    const rules = context.withWord(value);
    if (rules.every(({ chain }) => chain !== context.chain)) yield addressCandidate(value);
  }
}

function* known({ request, family }: ValueContext, print: (address: string) => string): Generator<Candidate> {
  for (const each of request.names.addresses)
    if (each.family === family) yield { ...addressCandidate(print(each.address)), names: each.name };
}

/** `10.96.0.1` → `10.96.0.1/32`; a network stays as it is. */
function hostNetwork(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function addressCandidate(text: string): Candidate {
  return { text, kind: CompletionItemKind.Value };
}
