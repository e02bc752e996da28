/**
 * Services and their endpoints of the tables of `kubectl get` (pkg/printers/internalversion: printService, printEndpoints,
 * printEndpointSlice). They tell no port's name: the rules or the Service may (kubeproxy/services/namesOfTables.ts).
 */
import type { JsonRecord } from '../../text/json.ts';
import { byPort } from './endpointList.ts';
import { type Row, given, nameOf, optional } from './tableRows.ts';

/** `80/TCP`, `80:30080/TCP` */
const PORT = /^(\d{1,5})(?::(\d{1,5}))?\/(TCP|UDP|SCTP)$/;
/** `10.0.0.1:80,10.0.0.2:80 + 2 more...`: what stands behind the third is not printed. */
const CUT = / \+ \d+ more\.\.\.$/;

export function isCut(row: Row): boolean {
  return ['ENDPOINTS', 'PORTS'].some((column) => CUT.test(row.get(column) ?? ''));
}

export function serviceValue(row: Row): JsonRecord {
  const type = row.get('TYPE') ?? '';
  const outer = type === 'ExternalName' ? [] : listOf(row, 'EXTERNAL-IP').filter(isAddress);
  const isBalanced = type === 'LoadBalancer';
  return {
    kind: 'Service',
    ...identity(row),
    spec: {
      type,
      clusterIPs: listOf(row, 'CLUSTER-IP'),
      externalIPs: isBalanced ? [] : outer,
      selector: selectorOf(row),
      ports: listOf(row, 'PORT(S)').flatMap(portOf),
    },
    status: { loadBalancer: { ingress: isBalanced ? outer.map((ip) => ({ ip })) : [] } },
  };
}

/** Those that are ready, one slice for each port and family; none of a row that is cut. */
export function endpointsValues(row: Row): readonly JsonRecord[] {
  const endpoints = isCut(row) ? [] : listOf(row, 'ENDPOINTS');
  return [...byPort(endpoints)].map(([key, addresses], at) =>
    sliceValue(row, `${nameOf(row)}-${at}`, {
      service: nameOf(row),
      addressType: key.startsWith('6') ? 'IPv6' : 'IPv4',
      ports: [Number(key.slice(2))],
      addresses,
      tellsReady: true,
    }),
  );
}

/** Which of them are ready the table does not tell; of which Service they are, the name that the controller gave the slice. */
export function endpointSliceValues(row: Row): readonly JsonRecord[] {
  const service = /^(.+)-[a-z0-9]{5}$/.exec(nameOf(row))?.[1];
  if (service === undefined || isCut(row)) return [];
  return [
    sliceValue(row, nameOf(row), {
      service,
      addressType: row.get('ADDRESSTYPE') ?? '',
      ports: listOf(row, 'PORTS').flatMap((port) => (/^\d{1,5}$/.test(port) ? Number(port) : [])),
      addresses: listOf(row, 'ENDPOINTS'),
      tellsReady: false,
    }),
  ];
}

interface TableSlice {
  readonly service: string;
  readonly addressType: string;
  readonly ports: readonly number[];
  readonly addresses: readonly string[];
  readonly tellsReady: boolean;
}

function sliceValue(row: Row, name: string, told: TableSlice): JsonRecord {
  const { metadata, kubectlTable } = identity(row);
  return {
    kind: 'EndpointSlice',
    metadata: { ...metadata, name, labels: { 'kubernetes.io/service-name': told.service } },
    kubectlTable: { ...kubectlTable, tellsReady: told.tellsReady },
    addressType: told.addressType,
    ports: told.ports.map((port) => ({ port })),
    endpoints: told.addresses.map((address) => ({ addresses: [address] })),
  };
}

function identity(row: Row): { readonly metadata: JsonRecord; readonly kubectlTable: JsonRecord } {
  return {
    metadata: { name: nameOf(row), ...optional('namespace', row.get('NAMESPACE') ?? null) },
    kubectlTable: { hasNamespace: row.has('NAMESPACE') },
  };
}

function listOf(row: Row, column: string): readonly string[] {
  return (given(row, column) ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && each !== '<unset>');
}

function portOf(text: string): readonly JsonRecord[] {
  const [, port, nodePort, protocol] = PORT.exec(text) ?? [];
  if (port === undefined) return [];
  return [
    { port: Number(port), protocol, ...(nodePort === undefined ? {} : { nodePort: Number(nodePort) }) },
  ];
}

/** `app=web,tier=front` of -o wide; null where there is none, or the column is not there. */
function selectorOf(row: Row): JsonRecord | null {
  const pairs = listOf(row, 'SELECTOR').map((pair) => pair.split('='));
  return pairs.length === 0 ? null : Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]));
}

/** A load balancer's name is cut to 16 characters without -o wide, and is no address. */
function isAddress(text: string): boolean {
  return /^[0-9a-f.:]+$/i.test(text) && !text.endsWith('...');
}
