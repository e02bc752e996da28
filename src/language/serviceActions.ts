/** What an editor offers beside a problem that is of a Service. */
import type { CodeAction, Diagnostic } from 'vscode-languageserver-types';
import { isRecord } from '../text/json.ts';
import { actionKinds, isAsked } from './actionKinds.ts';

/** What an editor does with a Service of a document. */
export interface ServiceCommand {
  readonly command: string;
  argument(uri: string, service: string): object;
}

/** What a diagnostic carries for the actions beside it, and an editor gives back with a request. */
export interface DiagnosticData {
  /** `ns/name`, `ns/name:port` */
  readonly service: string;
}

/** One for each Service of the problems that are asked about. */
export function serviceActions(
  uri: string,
  { diagnostics, only }: { readonly diagnostics: readonly Diagnostic[]; readonly only?: readonly string[] },
  offered: ServiceCommand,
): readonly CodeAction[] {
  if (!isAsked(actionKinds.fix, only ?? null)) return [];
  const services = new Set(diagnostics.flatMap(({ data }) => serviceIn(data)));
  return [...services].map((service) => {
    const title = `Diagnose ${service}`;
    return {
      title,
      kind: actionKinds.fix,
      diagnostics: diagnostics.filter(({ data }) => serviceIn(data).includes(service)),
      command: { title, command: offered.command, arguments: [offered.argument(uri, service)] },
    };
  });
}

function serviceIn(data: unknown): readonly string[] {
  const service = isRecord(data) ? data['service'] : null;
  return typeof service === 'string' ? [service] : [];
}
