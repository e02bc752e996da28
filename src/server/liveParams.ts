import { isObjectResource, type ObjectResource } from '../kubernetes/slim.ts';
import type { ObjectChange } from '../kubernetes/objectChanges.ts';
import type { LiveObjectsParams } from '../protocol/requests.ts';
import { isRecord, type JsonRecord } from '../text/json.ts';

/** What the client forwards of a cluster's objects; what is not as it should be is left out. Never throws. */
export function readLiveObjects(value: unknown): LiveObjectsParams {
  const given: JsonRecord = isRecord(value) ? value : {};
  const { context, changes } = given;
  return {
    context: typeof context === 'string' ? context : '',
    replaced: resourcesIn(given['replaced']),
    changes: Array.isArray(changes) ? changes.flatMap(readChange) : [],
    complete: resourcesIn(given['complete']),
    stale: given['stale'] === true,
    closed: given['closed'] === true,
  };
}

function readChange(value: unknown): readonly ObjectChange[] {
  if (!isRecord(value)) return [];
  const { resource, key, object } = value;
  if (!isObjectResource(resource) || typeof key !== 'string') return [];
  return [{ resource, key, object: isRecord(object) ? object : null }];
}

function resourcesIn(value: unknown): readonly ObjectResource[] {
  return Array.isArray(value) ? value.filter(isObjectResource) : [];
}
