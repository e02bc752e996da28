/** YAML: what a cluster's texts hold, and an object as text for a reader. */
import { CORE_SCHEMA, dump, loadAll, YAMLException } from 'js-yaml';
import { isRecord, type JsonRecord } from '../../text/json.ts';

/** The documents of a text, plain values (a date stays a text); none where it is no YAML. Nothing is thrown. */
export function parseYaml(text: string): readonly unknown[] {
  try {
    return loadAll(text, { schema: CORE_SCHEMA });
  } catch (error) {
    if (error instanceof YAMLException) return [];
    throw error;
  }
}

/** For reading: the object without what only the API server needs (`metadata.managedFields`). */
export function toYaml(object: JsonRecord): string {
  const { metadata } = object;
  const shown = isRecord(metadata)
    ? { ...object, metadata: { ...metadata, managedFields: undefined } }
    : object;
  return dump(shown, { noRefs: true, skipInvalid: true, lineWidth: -1 });
}
