import type { Analysis } from '../kubeproxy/analysis.ts';
import { turn } from './turn.ts';

/** Others wait no longer than this. */
const TURN_MILLISECONDS = 20;

/**
 * Compares every Service port with the cluster's objects, for rows that count what was found; requests that come
 * meanwhile are answered in between. Ports of which nothing changed cost nothing.
 */
export async function auditInTurns({ audit, catalog, objects }: Analysis): Promise<void> {
  if (objects === null) return;
  let begun = performance.now();
  for (const port of catalog.ports) {
    audit.ofPort(port);
    if (performance.now() - begun < TURN_MILLISECONDS) continue;
    await turn();
    begun = performance.now();
  }
}
