/** A node at a glance: the request of the client to the server. Plain JSON. */
import type { GlanceLine } from '../kubeproxy/glance/line.ts';
import type { RequestName } from './requests.ts';

export type { GlanceLine };

/** The lines with which `tree` begins in a terminal; none for a document that is not open, or has no rules. */
export const glanceRequest: RequestName<{ readonly uri: string }, readonly GlanceLine[]> = {
  method: 'kubeProxy/glance',
};
