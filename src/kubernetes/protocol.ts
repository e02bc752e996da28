/** The protocols of Services, container ports and NetworkPolicies. */
import type { JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';

/** As the API writes it, in lower case. */
export type ServiceProtocol = 'tcp' | 'udp' | 'sctp';

/** `TCP` where it is left out, as the API has it; null, and a problem, for one that the API does not know. */
export function readProtocol(port: JsonRecord, reader: JsonReader): ServiceProtocol | null {
  const protocol = (reader.text(port, 'protocol') ?? 'TCP').toLowerCase();
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp') return protocol;
  reader.report(`protocol is none of TCP, UDP, SCTP: ${protocol}`);
  return null;
}
