/** Values of a type: words that stand for numbers, interfaces of the text, addresses of the node and its Services. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { constantsOfTypes } from '../../../rules/nftables/catalogue/constants.ts';
import type { NamedAddress } from '../../completion/knownNames.ts';
import type { NftDocument } from '../nftDocument.ts';
import { typeMeanings } from '../typeMeanings.ts';
import type { Offer } from './offers.ts';

interface Values {
  readonly document: NftDocument;
  readonly addresses: Iterable<NamedAddress>;
}

export function valueOffers(type: string, { document, addresses }: Values): readonly Offer[] {
  if (type === 'ifname' || type === 'iface_index')
    return document.keptOfNft.of(type === 'ifname' ? interfaceNames : loopback);
  if (type === 'ipv4_addr' || type === 'ipv6_addr')
    return addressOffers(addresses, type === 'ipv4_addr' ? 4 : 6);
  const detail = typeMeanings[type];
  return [...(constantsOfTypes.get(type)?.keys() ?? [])].map((text) => ({
    text,
    kind: CompletionItemKind.EnumMember,
    tail: '',
    ...(detail === undefined ? {} : { detail }),
  }));
}

/** Of the longest texts only the beginning is looked through. */
const LOOKED_THROUGH = 200_000;

/** Those that rules of the text name, and `lo`. */
function interfaceNames({ nft }: NftDocument): readonly Offer[] {
  const found = nft.text.slice(0, LOOKED_THROUGH).matchAll(/\b[io]ifname (?:!= )?"?([\w.@-]+\*?)/gu);
  const names = new Set([...found].flatMap(([, name = '']) => (name.startsWith('@') ? [] : name)));
  return [...names.add('lo')].map(interfaceOffer);
}

/** The only interface that every machine has as rules are loaded. */
function loopback(): readonly Offer[] {
  return [interfaceOffer('lo')];
}

function interfaceOffer(text: string): Offer {
  return { text, kind: CompletionItemKind.Value, tail: '', isQuoted: true };
}

const MOST = 1_000;

/** `family` null: of both. */
export function addressOffers(addresses: Iterable<NamedAddress>, family: 4 | 6 | null): readonly Offer[] {
  const found: Offer[] = [];
  for (const each of addresses) {
    if (found.length >= MOST) break;
    if (family === null || each.family === family)
      found.push({ text: each.address, kind: CompletionItemKind.Value, detail: each.name, tail: null });
  }
  return found;
}
