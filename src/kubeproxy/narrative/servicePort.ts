import type { Outcome } from '../../kernel/trace.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Context } from './context.ts';
import { translationOf } from './words.ts';

/** The Service port whose endpoint the packet was translated to; null where it was not, or by no Service. */
export function servicePortOf(outcome: Outcome, context: Context): ServicePort | null {
  const step = translationOf(outcome);
  return step && context.catalog.ofRule(step.at);
}
