import type { CodeLens } from 'vscode-languageserver-types';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { packetThrough } from '../kubeproxy/explain/packetThrough.ts';
import type { ServicePort } from '../kubeproxy/services/catalog.ts';
import type { Family } from '../kernel/flow.ts';
import type { Chain } from '../rules/iptables/nodes.ts';
import { readFamilyChain, type ServiceChainKind } from '../kubeproxy/modes/iptables/roles.ts';
import { familyOf } from './hover/context.ts';
import type { Steps } from '../values/steps.ts';
import { hookLenses } from './hookLenses.ts';
import type { LensCommand } from './links.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { counted } from './words.ts';

/** A lens for each of thousands of Services would only slow the editor down. */
const MOST_LENSES = 200;

/**
 * Lenses above the declarations of Service chains: `default/web:http · 3 endpoints · Trace Packet`; where there are none,
 * above the kernel's own.
 */
export function* codeLenses(
  document: RulesDocument,
  analysis: Analysis,
  trace: LensCommand | null,
): Steps<CodeLens[]> {
  if (trace === null) return [];
  void analysis.catalog;
  yield;
  const lenses: CodeLens[] = [];
  for (const table of document.tables) {
    if (table.name !== 'nat') continue;
    const family = familyOf({ analysis }, table);
    for (const chain of document.chainsOf(table)) {
      if (lenses.length >= MOST_LENSES) return lenses;
      const lens = lensOf(document, analysis, chain, family, trace);
      if (lens === null) continue;
      lenses.push(lens);
      yield;
    }
  }
  return lenses.length > 0 ? lenses : hookLenses(document, trace);
}

function lensOf(
  document: RulesDocument,
  analysis: Analysis,
  chain: Chain,
  family: Family,
  trace: LensCommand,
): CodeLens | null {
  const kind = readFamilyChain(chain.name)?.kind;
  if (chain.declaration === null || kind === undefined || kind === 'sep') return null;
  const owner = analysis.iptables.ofChain(chain.name, family);
  if (owner === null || owner.port.nameSource === 'structure') return null;
  const { port } = owner;
  const packet = packetThrough(port, kind, family);
  if (packet === null) return null;
  return {
    range: document.rangeOf(chain.declaration.name),
    command: {
      title: `${port.name} · ${wordsOf(port, kind, family)} · Trace Packet`,
      command: trace.command,
      arguments: [trace.argument(document.uri, packet)],
    },
  };
}

function wordsOf(port: ServicePort, kind: ServiceChainKind, family: Family): string {
  if (kind === 'svc' || kind === 'svl') return endpointWords(port, kind, family);
  return kind === 'fw' ? 'load-balancer source ranges' : 'traffic from outside';
}

function endpointWords(port: ServicePort, kind: 'svc' | 'svl', family: Family): string {
  const own = port.endpoints.filter(
    (each) => each.family === family && (kind === 'svc' ? each.share : each.localShare) !== null,
  );
  return counted(own.length, kind === 'svc' ? 'endpoint' : 'local endpoint');
}
