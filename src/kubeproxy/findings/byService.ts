/** Findings of a node by the Service ports and frontends that they are of, for rows that count them. */
import type { ServicePort } from '../services/catalog.ts';
import { frontendKey, type FrontendPlace } from '../services/frontendPlace.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import type { Finding } from './finding.ts';
import type { FoundFrontend, FrontendFinding } from './frontendFinding.ts';
import type { PortFinding } from './portFinding.ts';
import { findingTable } from './table.ts';

/** A finding, and what a row says of it. */
export interface RowFinding extends Pick<Finding, 'code' | 'severity' | 'message'> {
  /** A few words: `node port not reached from outside`. */
  readonly reason: string;
}

interface OfFrontend {
  readonly finding: FrontendFinding;
  readonly found: FoundFrontend;
}

/** All but what `findingsOfPort` tells of each port by itself, and what is no more than information. */
export class FindingsByService {
  /** Where nothing was looked for yet. */
  static readonly none = new FindingsByService([]);

  /** Port's or Service's name → the findings that name it. */
  readonly #named = new Map<string, Finding[]>();
  /** Port's name → those of its frontends. */
  readonly #frontends = new Map<string, OfFrontend[]>();
  /** How many rows have one to tell: another number where others are known. */
  readonly count: number;

  constructor(findings: readonly Finding[]) {
    let count = 0;
    for (const finding of findings) {
      if (finding.severity === 'information' || isOfPort(finding)) continue;
      if (isOfFrontends(finding)) {
        for (const found of finding.frontends) push(this.#frontends, found.name, { finding, found });
        count += finding.frontends.length;
      } else if (finding.service !== null) {
        push(this.#named, finding.service, finding);
        count++;
      }
    }
    this.count = count;
  }

  /** Of the port, of its frontends and of its Service; what packets show stands first. */
  ofPort(port: ServicePort): readonly RowFinding[] {
    if (this.count === 0) return [];
    const service = `${port.namespace ?? ''}/${port.service ?? ''}`;
    const named = [
      ...(this.#named.get(port.name) ?? []),
      ...(service === port.name ? [] : (this.#named.get(service) ?? [])),
    ].map((finding) => ({ ...finding, reason: findingTable[finding.code].title }));
    const own = (this.#frontends.get(port.name) ?? []).filter(
      ({ found }) => found.frontend.protocol === port.protocol,
    );
    return [...ofFrontends(own, port), ...named];
  }

  /** Of one frontend of the port. */
  ofFrontend(port: ServicePort, frontend: FrontendPlace): readonly RowFinding[] {
    const own = this.#frontends.get(port.name);
    if (own === undefined) return [];
    const key = frontendKey(frontend);
    return own
      .filter(({ found }) => frontendKey(found.frontend) === key)
      .map(({ finding, found }) => ({ ...finding, reason: found.reason }));
  }
}

/** Each finding once for each thing that it says, with the kinds of frontends of which it is said, unless that is all of them. */
function ofFrontends(own: readonly OfFrontend[], port: ServicePort): readonly RowFinding[] {
  const said = new Map<
    string,
    { readonly finding: Finding; readonly reason: string; readonly kinds: Set<string> }
  >();
  for (const { finding, found } of own) {
    const key = `${finding.code} ${found.reason} ${finding.message}`;
    const known = said.get(key) ?? { finding, reason: found.reason, kinds: new Set() };
    known.kinds.add(frontendKindWords(found.frontend.kind));
    said.set(key, known);
  }
  const all = new Set(port.frontends.map(({ kind }) => frontendKindWords(kind)));
  return [...said.values()].map(({ finding, reason, kinds }) => ({
    ...finding,
    reason: kinds.size === all.size ? reason : `${[...kinds].join(', ')} ${reason}`,
  }));
}

function isOfPort(finding: Finding | PortFinding): finding is PortFinding {
  return 'missing' in finding;
}

function isOfFrontends(finding: Finding | FrontendFinding): finding is FrontendFinding {
  return 'frontends' in finding;
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}
