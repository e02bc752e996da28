/** The tables of `kubectl get`, also with `-A`, `-o wide` and of several kinds (kubectl 1.23 to 1.36; pkg/printers/internalversion). */
import type { JsonRecord } from '../../text/json.ts';
import type { FormRead } from './formRead.ts';
import { append } from '../../text/lists.ts';

const KIND_HEADERS: readonly (readonly [RegExp, TableKind])[] = [
  [/ READY\s+STATUS\s/, 'pods'],
  [/ STATUS\s+ROLES\s/, 'nodes'],
  [/ TYPE\s+CLUSTER-IP\s/, 'services'],
  [/ ADDRESSTYPE\s/, 'endpointslices'],
  [/ ENDPOINTS\s/, 'endpoints'],
];

type TableKind = 'pods' | 'nodes' | 'services' | 'endpointslices' | 'endpoints';

export function isTableHeader(line: string): boolean {
  return /^(NAMESPACE\s+)?NAME\s/.test(line) && kindOfHeader(line) !== null;
}

function kindOfHeader(line: string): TableKind | null {
  return KIND_HEADERS.find(([header]) => header.test(`${line} `))?.[1] ?? null;
}

type Row = ReadonlyMap<string, string>;

/** Pods and Nodes; of a Service a table does not tell what its ports are called, by which rules name it. */
export function tableValues(text: string): FormRead {
  const pods: Row[] = [];
  const nodes: Row[] = [];
  const problems = new Set<string>();
  for (const { kind, rows } of tablesOf(text)) {
    if (kind === 'pods') append(pods, rows);
    else if (kind === 'nodes') append(nodes, rows);
    else problems.add(LEFT_OUT[kind]);
    if (kind === 'pods' && rows.some((row) => !row.has('NAMESPACE'))) problems.add(NO_NAMESPACE);
  }
  const nodeAddresses = new Set(nodes.flatMap((row) => given(row, 'INTERNAL-IP') ?? []));
  return {
    values: [
      ...nodes.map(nodeValue),
      ...pods.map((row) => podValue(row, isHostNetwork(row, pods, nodeAddresses))),
    ],
    problems: [...problems],
    partial: ['pods', 'services', 'endpointslices'],
  };
}

const WHAT_TELLS = 'so that it is left out; -o yaml or -o json tells it';
const LEFT_OUT: Readonly<Record<Exclude<TableKind, 'pods' | 'nodes'>, string>> = {
  services: `a table of services does not tell what their ports are called, ${WHAT_TELLS}`,
  endpoints: `a table of endpoints does not tell of which port they are, ${WHAT_TELLS}`,
  endpointslices: `a table of endpointslices does not tell of which Service they are, ${WHAT_TELLS}`,
};
const NO_NAMESPACE = 'a table of pods has no column NAMESPACE, and "default" is taken for it';

interface Table {
  readonly kind: TableKind;
  readonly rows: readonly Row[];
}

function tablesOf(text: string): readonly Table[] {
  const tables: { kind: TableKind; columns: readonly Column[]; rows: Row[] }[] = [];
  let isOpen = false;
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    const kind = isTableHeader(line) ? kindOfHeader(line) : null;
    if (kind !== null) tables.push({ kind, columns: columnsOf(line), rows: [] });
    isOpen = kind !== null || (isOpen && line !== '');
    const table = tables.at(-1);
    if (kind === null && isOpen && table !== undefined) table.rows.push(rowOf(line, table.columns));
  }
  return tables;
}

interface Column {
  readonly name: string;
  readonly start: number;
}

/** Columns stand apart by three blanks, words of a name by one: `NOMINATED NODE   READINESS GATES`. */
function columnsOf(header: string): readonly Column[] {
  return [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], start: match.index }));
}

/** By the places of the columns; where a line does not fit them (a paste whose blanks were changed), by its gaps. */
function rowOf(line: string, columns: readonly Column[]): Row {
  const fits = columns.every(
    ({ start }) => start === 0 || start >= line.length || /\s/.test(line[start - 1] ?? ''),
  );
  const gaps = line.split(/\s{2,}|\t/);
  const cells = columns.map(({ name, start }, index) => {
    const end = columns[index + 1]?.start ?? line.length;
    return [name, (fits ? line.slice(start, end) : (gaps[index] ?? '')).trim()] as const;
  });
  return new Map(cells.filter(([, value]) => value !== ''));
}

function given(row: Row, column: string): string | null {
  const value = row.get(column) ?? '<none>';
  return value === '<none>' || value === '<unknown>' || value === '<pending>' ? null : value;
}

/** `pod/web-0` where several kinds are listed. */
function nameOf(row: Row): string {
  return (row.get('NAME') ?? '').replace(/^[a-z.]+\//, '');
}

/** Pods of the node's own network have its address, which no other Pod has. */
function isHostNetwork(row: Row, pods: readonly Row[], nodes: ReadonlySet<string>): boolean {
  const ip = given(row, 'IP');
  if (ip === null) return false;
  return (
    nodes.has(ip) ||
    pods.some((other) => other !== row && other.get('IP') === ip && !isOver(other) && !isOver(row))
  );
}

function isOver(row: Row): boolean {
  return ['Succeeded', 'Failed'].includes(phaseOf(row.get('STATUS') ?? ''));
}

function podValue(row: Row, hostNetwork: boolean): JsonRecord {
  const status = row.get('STATUS') ?? '';
  const [, ready, all] = /^(\d+)\/(\d+)$/.exec(row.get('READY') ?? '') ?? [];
  const isReady = ready !== undefined && ready === all && status === 'Running';
  const ip = given(row, 'IP');
  const isLeaving = status === 'Terminating';
  return {
    kind: 'Pod',
    metadata: {
      name: nameOf(row),
      ...optional('namespace', row.get('NAMESPACE') ?? null),
      ...(isLeaving ? { deletionTimestamp: status } : {}),
    },
    spec: { ...optional('nodeName', given(row, 'NODE')), hostNetwork },
    status: {
      phase: phaseOf(status),
      podIPs: ip === null ? [] : [{ ip }],
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    },
  };
}

/** The column STATUS tells a reason where there is one (printPod). */
function phaseOf(status: string): string {
  if (status === 'Completed' || status === 'Succeeded') return 'Succeeded';
  if (status === 'Failed' || status === 'Evicted') return 'Failed';
  return /^(Pending|ContainerCreating|PodInitializing|Init:)/.test(status) ? 'Pending' : 'Running';
}

function nodeValue(row: Row): JsonRecord {
  const status = (row.get('STATUS') ?? '').split(',');
  const addresses = [
    { type: 'InternalIP', address: given(row, 'INTERNAL-IP') },
    { type: 'ExternalIP', address: given(row, 'EXTERNAL-IP') },
  ].filter(({ address }) => address !== null);
  const isKnown = status.includes('Ready') || status.includes('NotReady');
  return {
    kind: 'Node',
    metadata: { name: nameOf(row) },
    status: {
      addresses,
      conditions: isKnown ? [{ type: 'Ready', status: status.includes('Ready') ? 'True' : 'False' }] : [],
    },
  };
}

function optional(field: string, value: string | null): JsonRecord {
  return value === null ? {} : { [field]: value };
}
