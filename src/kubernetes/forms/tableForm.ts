/** The tables of `kubectl get`, also with `-A`, `-o wide` and of several kinds (kubectl 1.23 to 1.36; pkg/printers/internalversion). */
import type { FormRead } from './formRead.ts';
import { nodeValue, podValues } from './podTable.ts';
import { endpointSliceValues, endpointsValues, isCut, serviceValue } from './serviceTable.ts';
import { type Table, type TableKind, nameOf, tablesOf } from './tableRows.ts';

/** What the tables tell; what one loses is among the problems. */
export function tableValues(text: string): FormRead {
  const tables = tablesOf(text);
  const rows = (kind: TableKind): Table['rows'] =>
    tables.flatMap((table) => (table.kind === kind ? table.rows : []));
  return {
    values: [
      ...rows('nodes').map(nodeValue),
      ...podValues(rows('pods'), rows('nodes')),
      ...rows('services').map(serviceValue),
      ...rows('endpoints').flatMap(endpointsValues),
      ...rows('endpointslices').flatMap(endpointSliceValues),
    ],
    problems: [...new Set(tables.flatMap(lossesOf))],
    partial: ['pods', 'services', 'endpointslices'],
  };
}

const SLICE_LOSS =
  'a table of endpointslices tells neither which endpoints are ready nor of which Service they are, which is taken from the names of the slices; -o yaml tells it';

/** -o wide adds the column SELECTOR. */
function serviceLoss(columns: readonly string[]): string {
  const selectors = columns.includes('SELECTOR') ? '' : ', selectors';
  return `a table of services does not tell the names of their ports, which are taken from the rules, nor policies, affinity${selectors} and load balancers apart from external IPs, which are not compared; -o yaml tells them`;
}

/** How many objects are named; the others are counted. */
const MOST_NAMED = 3;

function lossesOf({ kind, columns, rows }: Table): readonly string[] {
  const losses: string[] = [];
  if (kind === 'services') losses.push(serviceLoss(columns));
  if (kind === 'endpointslices') losses.push(SLICE_LOSS);
  if (kind !== 'nodes' && !columns.includes('NAMESPACE')) losses.push(namespaceLoss(kind));
  const cut = rows.filter(isCut).map(nameOf);
  if (cut.length > 0) {
    const named = cut.slice(0, MOST_NAMED).join(', ');
    const more = cut.length > MOST_NAMED ? ` and ${cut.length - MOST_NAMED} more` : '';
    losses.push(`the list of ${named}${more} is cut in the table of ${kind} ("+ N more..."), and left out`);
  }
  return losses;
}

function namespaceLoss(kind: TableKind): string {
  const taken =
    kind === 'pods'
      ? '"default" is taken for it'
      : 'the one in which the rules have these Services is taken for it, else "default"';
  return `a table of ${kind} has no column NAMESPACE, and ${taken}`;
}
