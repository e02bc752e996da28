/** Packets to the Internet whose source no router of the Internet knows a way to: no rule here translates it. */
import type { Outcome } from '../../kernel/trace.ts';
import { contains, formatAddress, parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import { isGlobal, isPrivate } from '../../values/reserved.ts';
import type { Context } from './context.ts';
import { begins } from './nobody.ts';
import { isSourceChanged } from './seenSource.ts';

/**
 * A clause; null where the source is public, translated or this node's own (whoever connected the node has seen to that), where
 * the destination is no public address, or a route other than the default one leads to it.
 */
export function privateSource(outcome: Outcome, context: Context): string | null {
  const { flow } = context;
  if (outcome.verdict !== 'forward' || flow.from.kind === 'node') return null;
  const [source, destination] = [outcome.source, outcome.destination].map((end) =>
    parseAddress(end?.address ?? ''),
  );
  if (!source || !destination || !isPrivate(source) || !isGlobal(destination)) return null;
  if (isSourceChanged(outcome, flow) || !begins(outcome, context) || isRouted(destination, context))
    return null;
  return `no rule of this node translates ${formatAddress(source)}, a private address: an answer comes back from the Internet only where a router beyond it does`;
}

function isRouted(address: Address, { analysis, family }: Context): boolean {
  return (analysis.node.routes[family] ?? []).some(
    (route) => route.prefixLength > 0 && contains(route.destination, address),
  );
}
