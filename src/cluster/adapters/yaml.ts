import { dump } from 'js-yaml';
import { isRecord, type JsonRecord } from '../../text/json.ts';

/** For reading: the object without what only the API server needs (`metadata.managedFields`). */
export function toYaml(object: JsonRecord): string {
  const { metadata } = object;
  const shown = isRecord(metadata)
    ? { ...object, metadata: { ...metadata, managedFields: undefined } }
    : object;
  return dump(shown, { noRefs: true, skipInvalid: true, lineWidth: -1 });
}
