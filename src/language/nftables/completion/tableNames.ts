/** Names that a rule may use: those that its table declares. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { Typed } from '../../../rules/nftables/checks/types.ts';
import { keyTypeOf } from '../../../rules/nftables/checks/types.ts';
import type { Scope } from '../../../rules/nftables/checks/world.ts';
import type { SetDefinition } from '../../../rules/nftables/nodes.ts';
import { readPortChain } from '../../../kubeproxy/modes/nftables/names.ts';
import { servicePortName } from '../../../kubeproxy/services/portName.ts';
import { namePlaces } from '../names.ts';
import type { NftDocument } from '../nftDocument.ts';
import type { Offer } from './offers.ts';
import type { NftPlace } from './place.ts';

const { Function: Chain, Variable } = CompletionItemKind;

/** Those to which a rule of the chain may jump: at no hook, and none that leads back to it. */
export function chainOffers(place: NftPlace, scope: Scope): readonly Offer[] {
  const { item, table } = place;
  const from = item?.kind === 'chain' ? item.name.text : null;
  const names = (table?.items ?? []).flatMap((each) =>
    each.kind === 'chain' && each.base === null ? [each.name.text] : [],
  );
  return [...new Set(names)]
    .filter((name) => from === null || !scope.leadsTo(name, from))
    .map((text) => {
      const detail = portOfChain(text);
      return { text, kind: Chain, tail: '', ...(detail === null ? {} : { detail }) };
    });
}

/** `default/web:http`, `10.244.1.5/8080 of default/web:http`, by the name of a chain of kube-proxy. */
function portOfChain(chain: string): string | null {
  const read = readPortChain(chain);
  if (read?.name == null) return null;
  const { namespace, service, portName } = read.name;
  const name = servicePortName(namespace, service, portName);
  return read.endpoint === null ? name : `${read.endpoint} of ${name}`;
}

/** `$wan`: those above the place. */
export function defineOffers(document: NftDocument, { start }: NftPlace): readonly Offer[] {
  const names = namePlaces(document)
    .filter(({ kind, declares, span }) => kind === 'define' && declares && span.start < start)
    .map(({ name }) => name);
  return [...new Set(names)].map((name) => ({ text: `$${name}`, kind: Variable, tail: null }));
}

/** Objects that maps hold, and rules use by name. */
export const objectKinds = ['counter', 'quota', 'limit', 'synproxy'] as const;
type ObjectKind = (typeof objectKinds)[number];

/** What a map may hold that is no value. */
const notData: ReadonlySet<string> = new Set(['verdict', ...objectKinds]);

/** `verdict`, `counter` …: maps of those; `data`: maps of values; `set`: no maps. */
export type SetUse = 'set' | 'verdict' | 'data' | 'dynamic' | ObjectKind;

export function setOffers(scope: Scope, use: SetUse, types: readonly Typed[] | null): readonly Offer[] {
  return [...scope.sets.values()]
    .filter((set) => isFor(set, use) && (types === null || isOfTypes(set, types, scope)))
    .map(({ name }) => ({ text: `@${name.text}`, kind: Variable, tail: '' }));
}

function isFor({ kind, data, flags }: SetDefinition, use: SetUse): boolean {
  const of = data?.kind === 'value' && notData.has(data.text) ? data.text : 'data';
  switch (use) {
    case 'set':
      return kind === 'set';
    case 'dynamic':
      return flags.includes('dynamic') || flags.includes('timeout');
    default:
      return kind === 'map' && of === use;
  }
}

function isOfTypes(set: SetDefinition, types: readonly Typed[], scope: Scope): boolean {
  const key = keyTypeOf(set, scope);
  return key !== null && key.length === types.length && key.every(({ type }, at) => type === types[at]?.type);
}

/** Counters, quotas, limits, helpers … by their kind. */
export function objectOffers(scope: Scope, type: string): readonly Offer[] {
  return [...scope.objects.values()]
    .filter((each) => each.type === type)
    .map(({ name }) => ({ text: name.text, kind: Variable, tail: '', isQuoted: true }));
}

export function flowtableOffers(scope: Scope): readonly Offer[] {
  return [...scope.flowtables.keys()].map((name) => ({ text: `@${name}`, kind: Variable, tail: '' }));
}
