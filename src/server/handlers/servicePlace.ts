import type { Connection } from 'vscode-languageserver';
import { rowsToService } from '../../kubeproxy/tree/rowsTo.ts';
import { type ServicePlace, servicePlaceRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { readServicePlaceParams } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';

const nowhere: ServicePlace = { location: null, path: [] };

/** From a Service of the cluster to its rules. */
export function handleServicePlace(connection: Connection, workspace: Workspace): void {
  answer(connection, servicePlaceRequest, readServicePlaceParams, async ({ uri, namespace, name }) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return nowhere;
    const service = `${namespace}/${name}`;
    return {
      location: locationOf(subject, workspace, service),
      path: rowsToService(subject.analysis, service),
    };
  });
}

function locationOf(subject: Subject, workspace: Workspace, service: string): ServicePlace['location'] {
  const ports = subject.analysis.catalog.serviceNamed(service)?.ports ?? [];
  const [frontend] = ports.flatMap((port) => port.frontends);
  return frontend === undefined ? null : workspace.locate(subject, frontend.at);
}
