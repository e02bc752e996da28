/** Outline and folding of what ipvsadm lists. */
import { type DocumentSymbol, type FoldingRange, SymbolKind } from 'vscode-languageserver-types';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import { endText, virtualName } from '../../rules/ipvs/names.ts';
import type { RealServer, VirtualServer } from '../../rules/ipvs/nodes.ts';
import { mapped, type Steps } from '../../values/steps.ts';
import { counted } from '../words.ts';
import type { IpvsDocument } from './ipvsDocument.ts';
import { blocksOf, endpointOf, nameOf, portOf } from './places.ts';

/** Virtual servers, called by their Services where `analysis` knows them, and in them the servers. */
export function* ipvsSymbols(document: IpvsDocument, analysis: Analysis | null): Steps<DocumentSymbol[]> {
  void analysis?.catalog;
  yield;
  return yield* mapped(blocksOf(document), ({ service, start, end }) => {
    const port = analysis === null ? null : portOf(analysis, service);
    const name = virtualName(service.virtual);
    const called = nameOf(port);
    const below = service.servers.filter((server) => server.start > start && server.end <= end);
    return {
      name: called === null ? name : `${called} ${name}`,
      detail: detailOf(service),
      kind: SymbolKind.Function,
      range: document.rangeOf({ start, end }),
      selectionRange: document.rangeOf(service),
      children: below.map((server) => serverSymbol(document, server, port)),
    };
  });
}

/** `rr · 3 servers` */
function detailOf({ scheduler, servers }: VirtualServer): string {
  const count = counted(servers.length, 'server');
  return scheduler === null ? count : `${scheduler} · ${count}`;
}

function serverSymbol(document: IpvsDocument, server: RealServer, port: ServicePort | null): DocumentSymbol {
  const range = document.rangeOf(server);
  const pod = endpointOf(port, server)?.pod?.name;
  const weight = server.weight === null ? [] : [`weight ${server.weight}`];
  const detail = [...(pod === undefined ? [] : [pod]), ...weight].join(' · ');
  return { name: endText(server), detail, kind: SymbolKind.Field, range, selectionRange: range };
}

export function ipvsFolds(document: IpvsDocument): FoldingRange[] {
  return blocksOf(document).flatMap((block) => {
    const { start, end } = document.rangeOf(block);
    return end.line > start.line ? [{ startLine: start.line, endLine: end.line }] : [];
  });
}
