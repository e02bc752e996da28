/** Connections that began before: nobody knows how their first packet was translated, only what becomes of one like it today. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Context } from './context.ts';
import { isSourceChanged } from './seenSource.ts';
import { servicePortOf } from './servicePort.ts';

/**
 * Of a packet of a connection that began before, which is taken not to be translated: what these rules do with a first packet
 * like it, where that goes elsewhere. Null where it would go where this one does.
 */
export function beganElsewhere(outcome: Outcome, context: Context): string | null {
  const began = context.beganAs().find((first) => isElsewhere(first, outcome));
  if (began === undefined) return null;
  const port = servicePortOf(began, context);
  const where = port
    ? `handed to an endpoint of ${port.name}`
    : `translated${began.destination === null ? '' : ` to ${formatEndpoint(began.destination)}`}`;
  return `a first packet like it is ${where}: conntrack alone tells where this connection goes`;
}

function isElsewhere(first: Outcome, { destination }: Outcome): boolean {
  if (first.destination === null || destination === null) return false;
  return formatEndpoint(first.destination) !== formatEndpoint(destination);
}

/** Whom a connection that began before has as its source is not known where a first packet like its own gets another. */
export function hasOpenSource(context: Context): boolean {
  return context
    .beganAs()
    .some((first) => first.verdict === 'forward' && isSourceChanged(first, context.flow));
}
