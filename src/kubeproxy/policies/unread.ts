/** Policies of other kinds than Kubernetes's own. */
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import { either } from '../narrative/words.ts';

const MOST_NAMED = 8;

/** Which of them the objects hold: what these allow or forbid is not known. A sentence; empty for none. */
export function unreadPolicyWords(objects: KubernetesObjects | null): string {
  const kinds = [...(objects?.unreadPolicies ?? [])];
  if (kinds.length === 0) return '';
  const counted = kinds.slice(0, MOST_NAMED).map(([kind, count]) => `${count} × ${kind}`);
  return `The objects hold ${either(counted, 'and')}: such policies are not read, and may forbid connections all the same.`;
}
