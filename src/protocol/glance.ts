/** A node at a glance: the request of the client to the server. Plain JSON. */
import type { GlanceLine } from '../kubeproxy/glance/line.ts';
import type { RequestName } from './requests.ts';

export type { GlanceLine };

export interface GlanceParams {
  readonly uri: string;
  /** At once: lines that tell what is found say that it is still looked for. They are as many as with it. */
  readonly atOnce: boolean;
}

/** The lines with which `tree` begins in a terminal; none for a document that is not open, or has no rules. */
export const glanceRequest: RequestName<GlanceParams, readonly GlanceLine[]> = {
  method: 'kubeProxy/glance',
};
