/** The order of the tree that fits rules of which nobody has said how to show them. */
import type { Catalog } from '../services/catalog.ts';
import type { TreeOrder } from './tree.ts';

/**
 * By Service where the rules hold Services of kube-proxy, else by hook: Services that only the objects beside the rules of
 * somebody else know are not what such rules are opened for.
 */
export function fittingOrder(catalog: Catalog): TreeOrder {
  const ports = catalog.services.flatMap((service) => service.ports);
  const isInRules = ports.some(
    ({ frontends, nameSource }) => frontends.length > 0 || nameSource !== 'objects',
  );
  return isInRules ? 'service' : 'hook';
}
