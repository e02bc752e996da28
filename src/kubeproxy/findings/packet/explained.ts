/** Which ended ways a finding of the rules explains: one cause is one finding. */
import type { EndedWay } from '../../ways/endedWay.ts';
import type { Finding, FindingPlace } from '../finding.ts';
import type { FindingCode } from '../table.ts';
import { HAIRPIN } from './cures.ts';
import { serviceName } from './words.ts';

/** Of these follows that packets are handed on to nobody. */
const NOT_HANDED_ON: ReadonlySet<FindingCode> = new Set([
  'jump-missing',
  'rules-frozen',
  'mixed-backends',
  'reply-untracked',
  'frontend-conflict',
  'hash-mismatch',
  'uneven-shares',
  'virtual-address-missing',
]);
/** Of these follows that rules refuse what is sent there. */
const REFUSED: ReadonlySet<FindingCode> = new Set(['ipset-entry-missing']);
/** Of these follows that answers do not come back, or not as they should. */
const NOT_ANSWERED: ReadonlySet<FindingCode> = new Set([
  'masquerade-missing',
  'hairpin-unmasked',
  'hairpin-off',
  'ipset-entry-missing',
  'mark-conflict',
  'reply-untracked',
  'jump-missing',
]);

export class Explained {
  readonly #places: ReadonlySet<string>;
  readonly #notHandedOn: ReadonlySet<string | null>;
  readonly #notAnswered: ReadonlySet<string | null>;
  readonly #refused: ReadonlySet<string | null>;
  readonly #isHairpinOff: boolean;

  constructor(found: readonly Finding[]) {
    this.#places = new Set(found.flatMap(({ at }) => (at === null ? [] : [keyOf(at)])));
    const warnings = found.filter(({ severity }) => severity !== 'information');
    const whose = (codes: ReadonlySet<FindingCode>): ReadonlySet<string | null> =>
      new Set(warnings.filter(({ code }) => codes.has(code)).map(({ service }) => service));
    this.#notHandedOn = whose(NOT_HANDED_ON);
    this.#notAnswered = whose(NOT_ANSWERED);
    this.#refused = whose(REFUSED);
    this.#isHairpinOff = warnings.some(({ code }) => code === 'hairpin-off');
  }

  /** Whether a finding names the same rule, or says what must follow for this Service. */
  has({ cause, name }: EndedWay): boolean {
    if (cause.at !== null && this.#places.has(keyOf(cause.at))) return true;
    if (this.#isHairpinOff && cause.at === null && HAIRPIN.test(cause.words)) return true;
    const services =
      cause.kind === 'stopped'
        ? this.#refused
        : cause.kind === 'nowhere' || cause.kind === 'taken'
          ? this.#notHandedOn
          : this.#notAnswered;
    return services.has(null) || services.has(name) || services.has(serviceName(name));
  }
}

function keyOf({ source, span }: FindingPlace): string {
  return `${source} ${span.start}`;
}
