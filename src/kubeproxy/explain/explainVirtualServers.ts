/** A Service port of IPVS: what a chain tells in iptables mode, its virtual servers tell here. */
import { formatAddress } from '../../values/address.ts';
import type { ServicePort } from '../services/catalog.ts';
import { IpvsPort } from '../modes/ipvs/ipvsPort.ts';
import { either, plural } from '../narrative/words.ts';
import { frontendWords } from '../words/frontendWords.ts';
import { explainedEndpoint, objectsOf, serviceSentence } from './explainServiceChain.ts';
import type { Explanation } from './explanation.ts';

/** Null for a port of another mode. */
export function explainVirtualServers(port: ServicePort): Explanation | null {
  const { evidence } = port;
  if (!(evidence instanceof IpvsPort)) return null;
  const balanced = port.endpoints.filter((each) => each.inRules);
  return {
    family: port.families.length === 1 ? (port.families[0] ?? null) : null,
    objects: objectsOf(port, null),
    title: port.name,
    summary: `IPVS balances over ${plural(balanced.length, 'endpoint')}`,
    chain: null,
    table: null,
    sentences: [...serviceSentence(port), ...schedulerSentence(evidence), ...persistenceSentence(evidence)],
    endpoints: port.endpoints.map((each) => explainedEndpoint(each, false)),
    reachedBy: port.frontends.map((each) => frontendWords(each, null)),
    referenceCount: 0,
    references: [],
    owner: null,
    ending: '',
    warnings: port.endpoints.length === 0 ? ['It has no servers: IPVS refuses its connections.'] : [],
  };
}

function schedulerSentence({ members }: IpvsPort): readonly string[] {
  const names = [...new Set(members.flatMap(({ server }) => server.scheduler ?? []))];
  if (names.length === 0) return [];
  return [
    `${plural(members.length, 'virtual server')} (${either(
      members.slice(0, 4).map(({ name }) => name),
      'and',
    )}${members.length > 4 ? ' …' : ''}) with the scheduler ${either(names, 'and')}.`,
  ];
}

function persistenceSentence({ members }: IpvsPort): readonly string[] {
  const [held] = members.flatMap(({ server }) => server.persistence ?? []);
  if (held === undefined) return [];
  const isWhole = held.mask.toString(2).match(/^1+$/) !== null && held.mask !== 0n;
  const who = isWhole ? 'A client' : 'All of a network';
  const mask = isWhole
    ? ''
    : ` (mask ${formatAddress({ family: held.mask > 0xffffffffn ? 6 : 4, value: held.mask })})`;
  return [
    `${who}${mask} keeps its server at each virtual server for ${held.seconds} s, and as long as connections of it last.`,
  ];
}
