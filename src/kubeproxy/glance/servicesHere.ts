/** How many Services and endpoints the rules of a node have, and how many of them serve nobody. */
import { parseAddress } from '../../values/address.ts';
import { readHostPort } from '../../values/hostPort.ts';
import { inferArrival, isBlind } from '../../kernel/arrival.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import type { Finding } from '../findings/finding.ts';
import type { FindingCode } from '../findings/table.ts';
import { nodeKeptWords } from '../mode/words.ts';
import { countWords, plural } from '../narrative/words.ts';
import { families } from '../rulesets.ts';
import type { Ruleset } from '../../rules/iptables/nodes.ts';
import { partOf } from '../../rules/iptables/parts/part.ts';
import { ownNodeName } from '../ownNode.ts';
import { balancedEndpoints } from '../modes/iptables/balancedEndpoints.ts';
import type { GlanceLine } from './line.ts';

/** Null where there is no Service, nor any word on why. */
export function servicesLine(analysis: Analysis, findings: readonly Finding[]): GlanceLine | null {
  const { catalog, mode } = analysis;
  const kept = nodeKeptWords(mode);
  const services = catalog.services.filter(({ ports }) => ports.some((port) => port.families.length > 0));
  if (services.length === 0) {
    // None in these rules says nothing of those elsewhere.
    return kept.length === 0
      ? null
      : { id: 'services', title: 'Services', words: kept.join(' · '), state: 'info' };
  }
  const [most] = families.map((family) => endpointsOf(analysis, family)).sort((a, b) => b.count - a.count);
  const here = most?.here() ?? 0;
  const empty = servicesOf('no-endpoints', findings);
  const absent = servicesOf('no-local-endpoints', findings);
  const words = [
    countWords(services.length),
    `${plural(most?.count ?? 0, 'endpoint')}${here === 0 ? '' : ` (${countWords(here)} on this node)`}`,
    ...(empty === 0 ? [] : [`${countWords(empty)} without endpoints`]),
    ...(absent === 0 ? [] : [`${countWords(absent)} without an endpoint on this node`]),
    ...kept,
  ];
  const state = empty + absent > 0 ? 'warning' : kept.length > 0 ? 'info' : 'ok';
  return { id: 'services', title: 'Services', words: words.join(' · '), state };
}

interface Served {
  readonly family: Family;
  readonly address: string;
  /** What the objects call the node that it runs on; null where they do not tell. */
  readonly node: string | null;
}

/** The endpoints of one family. */
interface Endpoints {
  readonly count: number;
  /** How many of them run on this node. */
  readonly here: () => number;
}

const NO_ENDPOINTS: Endpoints = { count: 0, here: () => 0 };

/**
 * Different addresses with ports. Most pods have an address of each family: those of the family that has more are told.
 * Without objects nobody has asked for all endpoints of the catalog yet.
 */
function endpointsOf(analysis: Analysis, family: Family): Endpoints {
  const { catalog, objects, rulesets, mode, ipvs } = analysis;
  const ruleset = rulesets[family];
  // Virtual servers, and the rules of nftables mode, are few: all are read with the catalog. A part may only name an endpoint.
  const isWhole = ruleset === null || partOf(ruleset) === null;
  if (objects === null && ipvs === null && mode[family].mode !== 'nftables' && isWhole)
    return ruleset === null ? NO_ENDPOINTS : balancedIn(ruleset, family, analysis);
  const all = catalog.ports.flatMap(({ endpoints }) =>
    endpoints.filter((each) => each.inRules && each.family === family),
  );
  const different = [...new Map(all.map((each) => [`${each.address} ${each.port ?? ''}`, each])).values()];
  return { count: different.length, here: () => countHere(different, analysis) };
}

/** HOT PATH: the address of an endpoint is read only where the node's files tell who is here. */
function balancedIn(ruleset: Ruleset, family: Family, analysis: Analysis): Endpoints {
  const found = balancedEndpoints(ruleset);
  const here = (): number => {
    if (isBlind(analysis.node, family)) return 0;
    const all = Array.from(found, (text) => ({ family, address: readHostPort(text).address, node: null }));
    return countHere(all, analysis);
  };
  return { count: found.size, here };
}

function countHere(endpoints: readonly Served[], analysis: Analysis): number {
  return endpoints.reduce((count, endpoint) => count + (isHere(endpoint, analysis) ? 1 : 0), 0);
}

/** By the objects, else by where its packets come from. */
function isHere({ node: named, family, address }: Served, analysis: Analysis): boolean {
  const own = ownNodeName(analysis);
  if (named !== null && own !== null) return named === own;
  const read = isBlind(analysis.node, family) ? null : parseAddress(address);
  return read !== null && inferArrival(analysis.node, family, read).kind === 'pod';
}

function servicesOf(code: FindingCode, findings: readonly Finding[]): number {
  const found = findings.filter((finding) => finding.code === code && finding.severity !== 'information');
  return new Set(found.map(({ service, about }) => service?.split(':')[0] ?? about?.name)).size;
}
