/** Which Service is asked about. */
import type { Analysis } from '../analysis.ts';
import { readEndWords } from '../form/endWords.ts';
import { namedEnd } from '../form/namedEnds.ts';
import { namedHere } from '../form/namedHere.ts';
import { portsMeant } from '../form/serviceEnd.ts';
import type { CatalogService, ServicePort } from '../services/catalog.ts';

/** A Service, and those of its ports that are meant. */
export interface DiagnosisSubject {
  readonly service: CatalogService;
  readonly ports: readonly ServicePort[];
  /** `default/web:http` for one port, else `default/web`. */
  readonly name: string;
  readonly analysis: Analysis;
}

export type SubjectReading =
  | { readonly kind: 'subject'; readonly subject: DiagnosisSubject }
  /** A sentence: what is wrong, and what was most likely meant. */
  | { readonly kind: 'wrong'; readonly message: string };

/** `default/web:http`, `web`, `svc/web`, `web.default.svc:80`, `10.96.0.10:53`, `:30080`. */
export function subjectNamed(text: string, analysis: Analysis): SubjectReading {
  const { catalog } = analysis;
  const port = catalog.portNamed(text);
  const service = port === null ? catalog.serviceNamed(text) : null;
  if (service !== null) return subjectOf(service, service.ports, service.id, analysis);
  const words = readEndWords(text);
  const [found = port] =
    words.kind === 'address'
      ? catalog.frontendsAt(words.address, words.port ?? undefined).map((each) => each.port)
      : words.kind === 'somebody' && words.port !== null
        ? catalog.frontendsAt(null, words.port).map((each) => each.port)
        : [port];
  if (found !== null) return ofPort(found, analysis);
  if (words.kind !== 'name') {
    const message = words.kind === 'wrong' ? words.message : 'No Service has that address or port here.';
    return { kind: 'wrong', message };
  }
  const end = namedEnd(words, 'destination', namedHere(analysis));
  if (end.kind === 'wrong') return end;
  if (end.kind !== 'service') return { kind: 'wrong', message: 'That is no Service.' };
  if (words.port === null) return subjectOf(end.service, end.service.ports, end.service.id, analysis);
  const [only] = portsMeant(end.service, words.port, '');
  if (only === undefined) {
    const has = end.service.ports.map(({ name }) => name).join(', ');
    return {
      kind: 'wrong',
      message: `${end.service.id} has no such port${has === '' ? '' : `: it has ${has}`}.`,
    };
  }
  return ofPort(only, analysis);
}

function ofPort(port: ServicePort, analysis: Analysis): SubjectReading {
  const service = analysis.catalog.services.find(({ ports }) => ports.includes(port));
  return service === undefined
    ? { kind: 'wrong', message: `${port.name} belongs to no Service.` }
    : subjectOf(service, [port], port.name, analysis);
}

function subjectOf(
  service: CatalogService,
  ports: readonly ServicePort[],
  name: string,
  analysis: Analysis,
): SubjectReading {
  return { kind: 'subject', subject: { service, ports, name, analysis } };
}
