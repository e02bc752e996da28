import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { Rulesets } from '../rulesets.ts';
import type { Catalog } from './catalog.ts';

/** Builds the catalog of a node's rules; the objects may be missing. */
export function buildCatalog(_rulesets: Rulesets, _objects: KubernetesObjects | null): Catalog {
  return {
    services: [],
    ports: [],
    portNamed: () => null,
    serviceNamed: () => null,
    portById: () => null,
    ofChain: () => null,
    ofRule: () => null,
    frontendsAt: () => [],
    whoHas: () => [],
    masqueradeMark: 0x4000,
  };
}
