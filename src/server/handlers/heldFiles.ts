import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { Excerpt } from '../../language/excerpt.ts';
import {
  excerptRequest,
  fileProgress,
  holdFileRequest,
  releaseFileRequest,
  shownPlaceRequest,
} from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { collectSoon, holdFile, type Machine } from '../heldFiles.ts';
import { readHoldFileParams, readTextLocation, readUri } from '../params.ts';
import { textLocation, type Workspace } from '../workspace.ts';

/** Holds files, releases them, and shows their text in excerpts. `changed` is told of a file that is held anew, or not any more. */
export function handleHeldFiles(
  connection: Connection,
  workspace: Workspace,
  machine: Machine,
  changed: (uri: string) => void,
): void {
  answer(connection, holdFileRequest, readHoldFileParams, async (params, token) => {
    const { uri } = params;
    const held = await holdFile(workspace, machine.readFile, params, {
      get stopped() {
        return token.isCancellationRequested;
      },
      progress: (done) => void connection.sendNotification(fileProgress, { uri, done }),
    });
    if (held === null)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The file is not wanted any more.');
    if (held.kind === 'held') changed(uri);
    return held;
  });
  answer(connection, releaseFileRequest, readUri, ({ uri }) => {
    workspace.release(uri);
    changed(uri);
    collectSoon(machine);
    return Promise.resolve(null);
  });
  answer(connection, excerptRequest, readUri, ({ uri }) => {
    const document = workspace.document(uri);
    return Promise.resolve(document instanceof Excerpt ? document.shownText : null);
  });
  answer(connection, shownPlaceRequest, readTextLocation, (place) => {
    const document = workspace.document(place.uri);
    if (document === null) return Promise.resolve(place);
    const at = (character: number): number => document.offsetAt({ line: place.line, character });
    const span = { start: at(place.startCharacter), end: at(place.endCharacter) };
    return Promise.resolve(textLocation(document.locationOf(span)));
  });
}
