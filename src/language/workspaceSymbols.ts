import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver-types';
import type { Analysis } from '../kubeproxy/analysis.ts';
import type { ServicePort } from '../kubeproxy/services/catalog.ts';
import type { RuleAt } from '../kernel/ruleAt.ts';
import { builtInChains } from '../rules/iptables/builtInChains.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { counted } from './words.ts';

/** More than anybody looks through; another letter narrows them down. */
const MOST_FOUND = 200;

/**
 * Services, by namespace, name and port, and chains of an open document whose names hold every word of `query`. A Service
 * port is where the first of its frontends is taken.
 */
export function workspaceSymbols(
  document: RulesDocument,
  analysis: Analysis | null,
  query: string,
): WorkspaceSymbol[] {
  const services = analysis === null ? [] : serviceSymbols(document, analysis, query);
  return [...services, ...chainSymbols(document, holding(query))].slice(0, MOST_FOUND);
}

/** A Service port that is found, and the first of its frontends; `at` null without one. */
export interface FoundService {
  readonly port: ServicePort;
  readonly at: RuleAt | null;
  /** `TCP 10.96.12.3:80 · 3 endpoints` */
  readonly description: string;
}

/** The Service ports whose names hold every word of `query`. */
export function servicesLike(analysis: Analysis, query: string): readonly FoundService[] {
  const fits = holding(query);
  const found: FoundService[] = [];
  for (const port of analysis.catalog.ports) {
    if (found.length >= MOST_FOUND) break;
    if (port.nameSource === 'structure' || !fits(port.name)) continue;
    const [frontend] = port.frontends;
    const where = frontend === undefined ? '' : ` ${frontend.address ?? 'node port'}:${frontend.port}`;
    const description = `${port.protocol.toUpperCase()}${where} · ${counted(port.endpoints.length, 'endpoint')}`;
    found.push({ port, at: frontend?.at ?? null, description });
  }
  return found;
}

/** Whether a name holds every word of `query`, in whatever case. */
export function holding(query: string): (name: string) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (name) => {
    const lower = name.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}

/** Those whose rules stand in this text. */
function serviceSymbols(document: RulesDocument, analysis: Analysis, query: string): WorkspaceSymbol[] {
  return servicesLike(analysis, query).flatMap(({ port, at, description }) => {
    if (at === null || at.source !== document.source) return [];
    const location = document.locationOf(at.span);
    return [{ name: port.name, kind: SymbolKind.Interface, containerName: description, location }];
  });
}

function chainSymbols(document: RulesDocument, fits: (name: string) => boolean): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const table of document.ruleset.tables) {
    for (const chain of table.chains.values()) {
      if (found.length >= MOST_FOUND) return found;
      const word = chain.declaration?.name ?? chain.rules[0]?.chain;
      if (word === undefined || chain.name === '' || !fits(chain.name)) continue;
      const kind =
        builtInChains.get(table.name)?.has(chain.name) === true ? SymbolKind.Event : SymbolKind.Function;
      const location = document.locationOf(word);
      found.push({ name: chain.name, kind, containerName: table.name, location });
    }
  }
  return found;
}
