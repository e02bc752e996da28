/** `kubectl describe service` (kubectl 1.23 to 1.36; pkg/describe: describeService). */
import type { JsonRecord } from '../../text/json.ts';
import type { FormRead } from './formRead.ts';
import { append } from '../../text/lists.ts';
import { byPort } from './endpointList.ts';
import { optional } from './tableRows.ts';

/** `Port:              http  80/TCP` → Port, the value; further lines of a list stand indented below. */
const FIELD = /^([A-Z][\w .-]*):\s*(.*)$/;

/** Services with their ready endpoints; of one whose endpoints are cut ("+ 3 more...") none is taken. */
export function describedValues(text: string): FormRead {
  const values: JsonRecord[] = [];
  const problems: string[] = [];
  for (const fields of objectsOf(text)) {
    const type = one(fields, 'Type') ?? '';
    if (!/^(ClusterIP|NodePort|LoadBalancer|ExternalName)$/.test(type)) {
      problems.push(
        `the description of ${one(fields, 'Name') ?? 'an object'} is none of a Service, and is left out`,
      );
      continue;
    }
    values.push(serviceValue(fields, type));
    const slices = sliceValues(fields);
    if (slices === null)
      problems.push(
        `the endpoints of ${one(fields, 'Name') ?? 'a Service'} are cut in its description, and left out`,
      );
    else append(values, slices);
  }
  return { values, problems, partial: ['endpointslices'] };
}

interface Field {
  readonly name: string;
  readonly values: string[];
}

type Fields = readonly Field[];

function objectsOf(text: string): readonly Fields[] {
  const objects: Field[][] = [];
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name === 'Name') objects.push([]);
    const fields = objects.at(-1);
    if (name !== undefined) fields?.push({ name, values: value === '' ? [] : [value] });
    else if (/^\s+\S/.test(line)) fields?.at(-1)?.values.push(line.trim());
  }
  return objects;
}

function all(fields: Fields, name: string): readonly string[] {
  return fields.find((field) => field.name === name)?.values.filter((value) => !isNone(value)) ?? [];
}

function one(fields: Fields, name: string): string | null {
  return all(fields, name)[0] ?? null;
}

function isNone(value: string): boolean {
  return value === '<none>' || value === '<unset>' || value === '' || value === '<none> (VIP)';
}

/** `app=web,tier=front`, or one on each line → the map; null where it is left out. */
function mapOf(values: readonly string[]): JsonRecord | null {
  const pairs = values
    .flatMap((value) => value.split(','))
    .flatMap((pair) => {
      const at = pair.indexOf('=');
      return at === -1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
    });
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
}

/** `10.0.0.1, 10.0.0.2`, one a line, `203.0.113.1 (VIP)` */
function addressesIn(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((each) => each.trim().split(' ')[0] ?? '')
    .filter((each) => each !== '');
}

function serviceValue(fields: Fields, type: string): JsonRecord {
  const ingress = all(fields, 'LoadBalancer Ingress').flatMap((value) => value.split(','));
  const affinity = one(fields, 'Session Affinity');
  const ips = addressesIn(all(fields, 'IPs'));
  return {
    kind: 'Service',
    metadata: { ...identity(fields), labels: mapOf(all(fields, 'Labels')) ?? {} },
    spec: {
      type,
      clusterIPs: ips.length > 0 ? ips : addressesIn(all(fields, 'IP')),
      externalIPs: addressesIn(all(fields, 'External IPs')),
      loadBalancerSourceRanges: addressesIn(all(fields, 'LoadBalancer Source Ranges')),
      ports: portsOf(fields).map(({ spec }) => spec),
      selector: mapOf(all(fields, 'Selector')),
      ...optional('sessionAffinity', affinity),
      ...optional('externalTrafficPolicy', one(fields, 'External Traffic Policy')),
      ...optional('internalTrafficPolicy', one(fields, 'Internal Traffic Policy')),
      ...optional('trafficDistribution', one(fields, 'Traffic Distribution')),
      ...numbered('healthCheckNodePort', one(fields, 'HealthCheck NodePort')),
    },
    status: {
      loadBalancer: {
        ingress: ingress.map((each) => ({
          ip: each.trim().split(' ')[0],
          ...(each.includes('(Proxy)') ? { ipMode: 'Proxy' } : {}),
        })),
      },
    },
  };
}

function identity(fields: Fields): JsonRecord {
  return { name: one(fields, 'Name') ?? '', ...optional('namespace', one(fields, 'Namespace')) };
}

interface DescribedPort {
  readonly spec: JsonRecord;
  readonly endpoints: readonly string[];
}

/** `Port: http  80/TCP`, below it `TargetPort: 8080/TCP`, `NodePort: http  30080/TCP`, `Endpoints: 10.244.1.5:8080,…` */
function portsOf(fields: Fields): readonly DescribedPort[] {
  const ports: { spec: Record<string, unknown>; endpoints: readonly string[] }[] = [];
  for (const { name, values } of fields) {
    const value = values[0] ?? '';
    const port = ports.at(-1);
    const [, word = '', number, protocol] = /^(?:(\S+)\s+)?(\S+)\/(TCP|UDP|SCTP)$/.exec(value) ?? [];
    if (name === 'Port' && number !== undefined)
      ports.push({ spec: { name: isNone(word) ? '' : word, port: Number(number), protocol }, endpoints: [] });
    else if (port === undefined) continue;
    else if (name === 'TargetPort' && number !== undefined)
      port.spec['targetPort'] = /^\d+$/.test(number) ? Number(number) : number;
    else if (name === 'NodePort' && number !== undefined) port.spec['nodePort'] = Number(number);
    else if (name === 'Endpoints') port.endpoints = values;
  }
  return ports;
}

/** One for each port and family; null where the endpoints are cut. */
function sliceValues(fields: Fields): readonly JsonRecord[] | null {
  const ports = portsOf(fields);
  if (ports.some(({ endpoints }) => endpoints.some((each) => /\+ \d+ more/.test(each)))) return null;
  const name = one(fields, 'Name') ?? '';
  return ports.flatMap(({ spec, endpoints }, index) =>
    [...byPort(addressesIn(endpoints))].map(([key, addresses], at) => ({
      kind: 'EndpointSlice',
      metadata: {
        ...identity(fields),
        name: `${name}-${index}-${at}`,
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType: key.startsWith('6') ? 'IPv6' : 'IPv4',
      endpoints: addresses.map((address) => ({ addresses: [address] })),
      ports: [{ name: spec['name'], protocol: spec['protocol'], port: Number(key.slice(2)) }],
    })),
  );
}

function numbered(field: string, value: string | null): JsonRecord {
  return value === null ? {} : { [field]: Number(value) };
}
