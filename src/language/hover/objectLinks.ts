import type { ObjectReference } from '../../kubeproxy/objectReference.ts';
import { escaped, link } from '../markdown.ts';
import type { HoverContext } from './context.ts';

const kinds: Readonly<Record<ObjectReference['resource'], string>> = {
  services: 'Service',
  pods: 'Pod',
  networkpolicies: 'NetworkPolicy',
};

/** Links to the objects' YAML; none for a document that is not of a live node. */
export function objectLinks(
  { document, links }: Pick<HoverContext, 'document' | 'links'>,
  objects: readonly ObjectReference[],
): readonly string[] {
  return objects.flatMap((object) => {
    const target = links?.openObject({ uri: document.uri, ...object }) ?? null;
    const label = `${kinds[object.resource]} ${escaped(`${object.namespace}/${object.name}`)}`;
    return target === null ? [] : [link(label, target)];
  });
}
