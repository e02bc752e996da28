/** `kubectl get … -o yaml`. */
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import type { FormRead } from './formRead.ts';

/** The documents as plain values (a date stays a text). kubectl writes no aliases: a text with one is not read. */
export function yamlValues(text: string): FormRead {
  try {
    const values = loadAll(text, { schema: CORE_SCHEMA, maxAliases: 0, json: true });
    return { values: values.filter((value) => value !== null), problems: [], partial: [] };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { values: [], problems: [`not valid YAML: ${error.reason}`], partial: [] };
  }
}
