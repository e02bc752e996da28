/** In which file, or at which address, a place of the rules stands, as JSON names it. */
import type { FileOf } from '../agents/json/placeJson.ts';
import { rulesNamed } from './rulesNamed.ts';
import type { Subject, Workspace } from './workspace.ts';

export function filesOf(workspace: Workspace, subject: Subject): FileOf {
  return (at) => {
    const shown = workspace.locate(subject, at);
    if (shown === null) return { path: null, place: null };
    const line = shown.line + 1;
    const place = {
      line,
      column: shown.startCharacter + 1,
      endLine: line,
      endColumn: shown.endCharacter + 1,
    };
    return { path: pathOf(shown.uri), place };
  };
}

/** A file by its path; anything else by its address. */
function pathOf(uri: string): string {
  const named = rulesNamed(uri);
  return typeof named === 'string' ? named : uri;
}
