import type { OptionDefinition, ValueKind } from '../../rules/iptables/catalogue/definitions.ts';
import type { Word } from '../../rules/iptables/nodes.ts';
import { findValueFault } from '../../rules/iptables/values/check.ts';

/** What is wrong with a value, and which of the option's words it is. */
export interface Complaint {
  readonly code: 'bad-address' | 'bad-mask' | 'bad-port' | 'bad-probability' | 'bad-value';
  readonly word: number;
  /** A clause: `it is not a port from 0 to 65535`; may be empty. */
  readonly why: string;
  readonly cure: string;
  /** What iptables does with it, where that is not simply refusing it: a clause. */
  readonly doubt: string | null;
}

const codes: Readonly<Partial<Record<ValueKind, Complaint['code']>>> = {
  addressList: 'bad-address',
  network: 'bad-address',
  address: 'bad-address',
  addressRange: 'bad-address',
  netmap: 'bad-address',
  natDestination: 'bad-address',
  natSource: 'bad-address',
  port: 'bad-port',
  portRange: 'bad-port',
  orderedPortRange: 'bad-port',
  portList: 'bad-port',
  natPorts: 'bad-port',
  probability: 'bad-probability',
};

/** What iptables would refuse in an option's values; null where it takes them. Without a family either may be meant. */
export function complaintAbout(
  definition: OptionDefinition,
  values: readonly Word[],
  family: 4 | 6 | null,
): Complaint | null {
  const fault = findValueFault(definition, values, family ?? 4);
  if (fault === null) return wildcardIn(definition, values);
  if (family === null && findValueFault(definition, values, 6) === null) return null;
  const cure = definition.keywords.length > 0 ? `Use ${oneOf(definition.keywords)}.` : 'Correct the value.';
  return {
    code: codeOf(fault.kind, fault.reason),
    word: Math.max(0, values.indexOf(fault.word)),
    why: fault.reason === '' ? '' : `it ${fault.reason}`,
    cure,
    doubt: fault.doubt,
  };
}

/** `eth*`: iptables has `+` for that, and warns only. */
function wildcardIn({ kind }: OptionDefinition, values: readonly Word[]): Complaint | null {
  if (kind !== 'interface' || values[0]?.text.includes('*') !== true) return null;
  return {
    code: 'bad-value',
    word: 0,
    why: 'it has a "*"',
    cure: 'End the name with "+", which stands for any ending.',
    doubt: 'iptables takes it for a letter of the name, so the rule never matches',
  };
}

/** A reader of addresses also reads what stands behind: `/33`, `:99999`. */
function codeOf(kind: ValueKind, reason: string): Complaint['code'] {
  const code = codes[kind] ?? 'bad-value';
  if (code !== 'bad-address') return code;
  if (/\b(?:mask|prefix)\b/.test(reason)) return 'bad-mask';
  return /\bport\b/.test(reason) ? 'bad-port' : code;
}

function oneOf(words: readonly string[]): string {
  const shown = words.slice(0, 12);
  return words.length > shown.length ? `one of ${shown.join(', ')} …` : `one of ${shown.join(', ')}`;
}
