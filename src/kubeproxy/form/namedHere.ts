import type { Analysis } from '../analysis.ts';
import type { CatalogService } from '../services/catalog.ts';
import type { Named } from './namedEnds.ts';

/** What may be named of a node's rules: the Services that they or the objects have, and the objects' pods and nodes. */
export function namedHere(analysis: Analysis): Named<CatalogService> {
  const { catalog, objects } = analysis;
  return {
    services: [...catalog.services, ...servicesWithoutPorts(analysis)],
    pods: objects?.pods ?? [],
    nodes: objects?.nodes ?? [],
    hasObjects: objects !== null,
  };
}

/** The catalog is made of ports, and an ExternalName need have none. */
function servicesWithoutPorts({ objects }: Pick<Analysis, 'objects'>): readonly CatalogService[] {
  return (objects?.services ?? []).flatMap((object): readonly CatalogService[] => {
    const { namespace, name, type, ports } = object;
    return ports.length > 0 ? [] : [{ namespace, name, id: `${namespace}/${name}`, type, object, ports: [] }];
  });
}
