import type { Connection } from 'vscode-languageserver';
import { type KubernetesObjects, NO_OBJECTS } from '../../kubernetes/objects.ts';
import { clusterChoices } from '../../kubeproxy/choices/clusterChoices.ts';
import { decidingNode } from '../../kubeproxy/choices/decidingNode.ts';
import { clusterChoicesRequest, decidingNodeRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readClusterChoicesParams, readDecidingNodeParams } from '../params.ts';

/** The objects of an open context as they are now; null where nothing came of it. */
export type ObjectsOf = (context: string) => KubernetesObjects | null;

/** What can be said of a packet in a cluster before any node's rules are had. */
export function handleCluster(connection: Connection, objectsOf: ObjectsOf): void {
  answer(connection, clusterChoicesRequest, readClusterChoicesParams, async (params, token) => {
    return answerInTurns(clusterChoices(objectsOf(params.context) ?? NO_OBJECTS, params), token);
  });
  answer(connection, decidingNodeRequest, readDecidingNodeParams, async ({ context, form }) =>
    decidingNode(objectsOf(context) ?? NO_OBJECTS, form),
  );
}
