/** A dump's objects as the client forwards them from a live cluster. */
import { kindOfResource, type ObjectResource } from '../../src/kubernetes/slim.ts';
import type { ObjectChange } from '../../src/kubernetes/objectChanges.ts';
import { isRecord } from '../../src/text/json.ts';
import { readJsonDocuments } from '../../src/text/jsonDocuments.ts';

export const allResources: readonly ObjectResource[] = ['services', 'endpointslices', 'nodes', 'pods'];

export function changesOf(objectsJson: string): readonly ObjectChange[] {
  const [list] = readJsonDocuments(objectsJson).values;
  const items = isRecord(list) && Array.isArray(list['items']) ? list['items'].filter(isRecord) : [];
  return items.flatMap((object): readonly ObjectChange[] => {
    const resource = allResources.find((each) => kindOfResource[each] === object['kind']);
    const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
    const [namespace, name] = [metadata['namespace'], metadata['name']];
    if (resource === undefined || typeof name !== 'string') return [];
    return [{ resource, key: typeof namespace === 'string' ? `${namespace}/${name}` : name, object }];
  });
}
