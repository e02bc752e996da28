import { isRecord, type JsonRecord } from '../../text/json.ts';
import { plain } from '../terminal.ts';

/** What is asked before a debug Pod is created: what it is, what it may, and how it ends. */
export function debugPodQuestion(node: string, manifest: JsonRecord): string {
  const metadata = record(manifest['metadata']);
  const spec = record(manifest['spec']);
  const container = record(Array.isArray(spec['containers']) ? spec['containers'][0] : null);
  const added = record(record(container['securityContext'])['capabilities'])['add'];
  const rights = Array.isArray(added) ? added.filter((each) => typeof each === 'string').join(', ') : '';
  const seconds = spec['activeDeadlineSeconds'];
  return [
    `Nothing that runs on ${plain(node)} can be asked for its rules. A debug Pod could be put there:`,
    `  Pod     ${words(metadata['namespace'])}/${words(metadata['name'])}`,
    `  image   ${words(container['image'])}`,
    `  rights  the node's network${rights === '' ? '' : `, ${plain(rights)}`}`,
    `  end     deleted as soon as the rules are read${typeof seconds === 'number' ? `; the cluster ends it after ${seconds} s at the latest` : ''}`,
    'Create it?',
  ].join('\n');
}

function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

function words(value: unknown): string {
  return typeof value === 'string' ? plain(value) : '?';
}
