/** What people call the chains of Services otherwise: the Service, an address or a port of it, an endpoint. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { readEndWords, type EndWords, type NameWords } from '../form/endWords.ts';
import { namedEnd } from '../form/namedEnds.ts';
import { namedHere } from '../form/namedHere.ts';
import { portsMeant } from '../form/serviceEnd.ts';
import { chainOfEndpoint, chainsOf } from '../modes/iptables/iptablesServices.ts';
import { readPortChain } from '../modes/nftables/names.ts';
import type { ServicePort } from '../services/catalog.ts';
import { servicePortName } from '../services/portName.ts';

export interface ChainPlace {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
}

/** `default/web:http`, `web`, `svc/web`, `:30080`, `10.96.0.10`, `10.244.1.5:8080`; empty for what is none of them. */
export function placesNamed(text: string, analysis: Analysis): readonly ChainPlace[] {
  const chains = portsAsked(text, analysis).flatMap((each) => chainsOfPort(each));
  if (chains.length > 0) return chains;
  const words = readEndWords(text);
  return words.kind === 'address' ? chainsOfEndpoint(words, analysis) : [];
}

/** The Service ports that such words mean, with chains of their own or, where all of their traffic is refused, without. */
export function portsAsked(text: string, analysis: Analysis): readonly ServicePort[] {
  const port = analysis.catalog.portNamed(text) ?? portOfNftablesChain(text, analysis);
  return port === null ? [...new Set(portsOf(readEndWords(text), analysis))] : [port];
}

/** `service-ULMVA6XW-ns1/svc1/tcp/p80` → the port that the chain belongs to. */
function portOfNftablesChain(chain: string, { catalog }: Analysis): ServicePort | null {
  const name = readPortChain(chain)?.name ?? null;
  return name === null
    ? null
    : catalog.portNamed(servicePortName(name.namespace, name.service, name.portName));
}

function chainsOfPort(port: ServicePort): readonly ChainPlace[] {
  return port.families.flatMap((family) => {
    const { svc, svl, ext, fw, xlb } = chainsOf(port, family);
    const chain = svc ?? svl ?? xlb ?? ext ?? fw;
    return chain ? [{ family, table: 'nat', chain }] : [];
  });
}

function portsOf(words: EndWords, analysis: Analysis): readonly ServicePort[] {
  const { catalog } = analysis;
  switch (words.kind) {
    case 'address':
      return catalog.frontendsAt(words.address, words.port ?? undefined).map(({ port }) => port);
    case 'somebody':
      return words.port === null ? [] : catalog.frontendsAt(null, words.port).map(({ port }) => port);
    case 'name':
      return portsNamed(words, analysis);
    default:
      return [];
  }
}

function portsNamed(words: NameWords, analysis: Analysis): readonly ServicePort[] {
  const found = namedEnd(words, 'destination', namedHere(analysis));
  return found.kind === 'service' ? portsMeant(found.service, words.port, '') : [];
}

/** By every Service that it is an endpoint of. */
function chainsOfEndpoint(
  { address, port }: Extract<EndWords, { readonly kind: 'address' }>,
  { catalog }: Analysis,
): readonly ChainPlace[] {
  return catalog.whoHas(address).flatMap((owner) => {
    if (owner.kind !== 'endpoint' || (port !== null && owner.endpoint.port !== port)) return [];
    const chain = chainOfEndpoint(owner.endpoint);
    return chain === null ? [] : [{ family: owner.endpoint.family, table: 'nat', chain }];
  });
}
