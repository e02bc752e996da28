import type { Analysis } from '../analysis.ts';
import type { CatalogService } from '../services/catalog.ts';
import type { Named } from './namedEnds.ts';

/** What may be named of a node's rules: the Services that they or the objects have, and the objects' pods and nodes. */
export function namedHere({ catalog, objects }: Analysis): Named<CatalogService> {
  return {
    services: catalog.services,
    pods: objects?.pods ?? [],
    nodes: objects?.nodes ?? [],
    hasObjects: objects !== null,
  };
}
