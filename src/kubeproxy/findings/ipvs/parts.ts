/** What the findings of virtual servers share. */
import type { Node } from '../../../kernel/node/node.ts';
import type { NodeMode } from '../../mode/mode.ts';
import { type Member, placeOf } from '../../modes/ipvs/groups.ts';
import type { NodeModes } from '../../modes/nodeModes.ts';
import { IpvsPort } from '../../modes/ipvs/ipvsPort.ts';
import type { Catalog, ServicePort } from '../../services/catalog.ts';

/** What these findings are worked out from, each part when it is first asked for. */
export interface VirtualServerParts {
  readonly modes: NodeModes;
  readonly mode: NodeMode;
  readonly node: Node;
  readonly catalog: Catalog;
}

/** `shop/web:http`; null where nothing names it. */
export function nameOf(member: Member, catalog: Catalog): string | null {
  const port = catalog.ofRule(placeOf(member));
  return port === null || port.nameSource === 'structure' ? null : port.name;
}

/** Whether somebody else keeps it: nothing of the node shows it to be kube-proxy's, and no Service of the objects has it. */
export function isOthers(member: Member, catalog: Catalog): boolean {
  return member.isStrange && (catalog.ofRule(placeOf(member))?.object ?? null) === null;
}

/** Whether all virtual servers of a port are somebody else's. */
export function isOthersPort({ evidence, object }: ServicePort): boolean {
  return (
    object === null && evidence instanceof IpvsPort && evidence.members.every(({ isStrange }) => isStrange)
  );
}
