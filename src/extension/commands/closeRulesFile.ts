import { closeTabsOf } from '../documents/rulesFiles.ts';
import type { RulesFileTargets } from './openRulesFile.ts';

/** Gives back what is held of the file that the Rules view shows, and closes the chains of it. */
export async function closeRulesFile({ server, current }: RulesFileTargets): Promise<void> {
  const { uri } = current;
  if (uri === null || !server.holds(uri.toString())) return;
  // Who is told that the file changed must not ask for it again.
  current.leave();
  await closeTabsOf(uri);
  await server.release(uri);
  await current.follow();
}
