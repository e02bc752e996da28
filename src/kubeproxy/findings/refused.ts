/** A Service port that is refused for want of endpoints. Its message is made of parts, so that who knows more says one of them better. */
import type { Finding } from './finding.ts';
import { type PortFinding, portFinding } from './portFinding.ts';
import type { ServicePort } from '../services/catalog.ts';

/** What a message is made of. */
interface RefusedParts {
  /** What is so: `shop/web:http has no endpoints, so this node rejects its connections`. */
  readonly says: string;
  /** What clients notice, without a full stop: `clients see "connection refused" at once`; empty where nothing tells. */
  readonly notice: string;
  /** What may come before the refusal: `, unless rule 3 of FORWARD accepts them before`; empty where nothing may. */
  readonly unless: string;
  /** Why, or where to look for it: a sentence. */
  readonly why: string;
  /** Which clients notice something else, a sentence; empty where all notice the same. */
  readonly except: string;
}

export interface RefusedFinding extends PortFinding {
  readonly parts: RefusedParts;
  readonly port: ServicePort;
}

export function refusedFinding(
  port: ServicePort,
  {
    parts,
    ...given
  }: Omit<Parameters<typeof portFinding>[1], 'message'> & {
    readonly parts: Pick<RefusedParts, 'says' | 'unless' | 'why'>;
  },
): RefusedFinding {
  const all = { ...parts, notice: '', except: '' };
  return { ...portFinding(port, { ...given, message: messageOf(all) }), parts: all, port };
}

export function isRefused(finding: Finding | RefusedFinding): finding is RefusedFinding {
  return 'parts' in finding;
}

/** The same finding, with other words for some of its parts. */
export function saying<Found extends RefusedFinding>(finding: Found, better: Partial<RefusedParts>): Found {
  const parts = { ...finding.parts, ...better };
  return { ...finding, parts, message: messageOf(parts) };
}

function messageOf({ says, notice, unless, why, except }: RefusedParts): string {
  const first = `${says}${notice === '' ? '' : `: ${notice}`}${unless}.`;
  return [first, why, except].filter((each) => each !== '').join(' ');
}
