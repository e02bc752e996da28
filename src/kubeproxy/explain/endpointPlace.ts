import { joinHostPort } from '../../values/hostPort.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';

/** `10.244.1.5:8080`; what the rules call it where they do not tell. */
export function endpointPlace(endpoint: ServiceEndpoint): string {
  if (endpoint.address === '') return endpoint.label;
  return endpoint.port === null ? endpoint.address : joinHostPort(endpoint.address, endpoint.port);
}
