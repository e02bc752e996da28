import { normalAddress } from '../../../values/address.ts';
import { joinHostPort } from '../../../values/hostPort.ts';
import { frontendKindWords } from '../../words/frontendWords.ts';
import type { ExpectedFrontend } from './expectedFrontends.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized } from './words.ts';

/** Addresses and ports of a Service at which the rules take no traffic, though they take some for it. */
export function frontendMissing(subject: AuditSubject): readonly PortFinding[] {
  const { wanted, ruled } = subject;
  if (wanted === null || ruled.frontends.length === 0) return [];
  return wanted.frontends
    .filter((each) => each.always && (each.kind !== 'nodePort' || ruled.nodePorts))
    .filter((each) => !ruled.frontends.some((found) => isAt(each, found.address, found.port)))
    .map((each) => missing(subject, each));
}

/** Whether an address and port of the rules is the one that is wanted. */
export function isAt(wanted: ExpectedFrontend, address: string | null, port: number): boolean {
  const own = address === null ? null : normalAddress(address);
  return wanted.address === own && wanted.port === port;
}

function missing({ port, family, rulesWords, lacking }: AuditSubject, wanted: ExpectedFrontend): PortFinding {
  const place = wanted.address === null ? `${wanted.port}` : joinHostPort(wanted.address, wanted.port);
  const what = `${frontendKindWords(wanted.kind)} ${place}`;
  return portFinding(port, {
    code: 'frontend-missing',
    at: lacking(),
    family,
    missing: [wanted],
    reason: `${what} is not in the rules`,
    message: `${capitalized(rulesWords)} take no traffic at the ${what} of ${port.name}.`,
  });
}
