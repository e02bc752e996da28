/** Packets to a Pod of this node that routing sends out of it: policy rules that ask another table than the one with the Pods' routes. */
import type { Route } from '../../kernel/node/node.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { contains, parseAddress } from '../../values/address.ts';
import { ownNodeName } from '../ownNode.ts';
import type { Context } from './context.ts';

/** A clause; null where the packet leaves by where its Pod is, or nothing shows that it is elsewhere. */
export function ledAway({ verdict, destination, interface: by }: Outcome, context: Context): string | null {
  const { analysis, catalog, family } = context;
  const address = parseAddress(destination?.address ?? '');
  if (verdict !== 'forward' || typeof by !== 'string' || address === null || !catalog.hasObjects) return null;
  const pod = catalog.whoHas(destination?.address ?? '').find((owner) => owner.kind === 'pod');
  if (pod === undefined || pod.node === null || pod.node !== ownNodeName(analysis)) return null;
  const behind = (analysis.node.routes[family] ?? [])
    .filter((route) => isDirect(route) && contains(route.destination, address))
    .flatMap((route) => route.interface ?? []);
  const [first] = behind;
  if (first === undefined || behind.includes(by)) return null;
  return `${pod.name} runs on this node, behind ${first}, and the packet leaves it by ${by}: whether it gets there, these rules do not tell`;
}

/** Whoever has the address is right behind the interface. */
function isDirect({ type, gateway, prefixLength }: Route): boolean {
  return type === 'UNICAST' && gateway === null && prefixLength > 0;
}
