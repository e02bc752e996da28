import type { OptionDefinition, ValueKind } from '../../rules/iptables/catalogue/definitions.ts';
import type { Word } from '../../rules/iptables/nodes.ts';
import { findValueFault } from '../../rules/iptables/values/check.ts';
import { namesNoAddress } from '../../rules/iptables/values/nat.ts';

/** What is wrong with a value, and which of the option's words it is. */
export interface Complaint {
  readonly code: 'bad-address' | 'bad-mask' | 'bad-port' | 'bad-probability' | 'bad-value';
  readonly word: number;
  /** A clause: `it is not a port from 0 to 65535`; may be empty. */
  readonly why: string;
  readonly cure: string;
  /** What iptables does with it, where that is not simply refusing it: a clause. */
  readonly doubt: string | null;
  /** Whether the value may as well be meant as it is taken. */
  readonly isOpen?: true;
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
  if (fault === null) return takenOtherwise(definition, values);
  if (family === null && findValueFault(definition, values, 6) === null) return null;
  const code = codeOf(fault.kind, fault.reason);
  return {
    code,
    word: Math.max(0, values.indexOf(fault.word)),
    why: fault.reason === '' || isNoKeyword(definition, fault.reason) ? '' : `it ${fault.reason}`,
    cure: code === 'bad-address' ? addressCure(fault.kind) : cureOf(definition, family),
    doubt: fault.doubt,
  };
}

/** Whether all that is wrong is that it is none of the words that the cure lists. */
function isNoKeyword({ keywords }: OptionDefinition, reason: string): boolean {
  return keywords.length > 0 && reason.startsWith('is none of ');
}

function cureOf({ keywords, familyKeywords, kind }: OptionDefinition, family: 4 | 6 | null): string {
  if (kind === 'owner') return 'Write its number, as iptables-save does, where that is not sure.';
  const known = family === null ? keywords : (familyKeywords?.[family] ?? keywords);
  return known.length > 0 ? `Use ${oneOf(known)}.` : 'Correct the value.';
}

/** Few options take all forms of an address. */
function addressCure(kind: ValueKind): string {
  switch (kind) {
    case 'natDestination':
    case 'natSource':
      return 'Write it as 10.0.0.1, 10.0.0.1:80, 10.0.0.1-10.0.0.9 or [fd00::1]:80.';
    case 'addressRange':
      return 'Write it as 10.0.0.1-10.0.0.9 or fd00::1-fd00::9.';
    case 'address':
      return 'Write it as 10.0.0.1 or fd00::1.';
    default:
      return 'Write it as 10.0.0.1, 10.0.0.0/8 or fd00::1.';
  }
}

/** What iptables takes, and hardly anybody means. */
function takenOtherwise({ kind, name }: OptionDefinition, values: readonly Word[]): Complaint | null {
  const text = values[0]?.text ?? '';
  switch (kind) {
    case 'interface':
      if (text.includes('*')) return wildcard;
      if (text.includes(',')) return severalInterfaces;
      return /^[a-z]\w*:\d/.test(text) ? labelOfAddress : null;
    case 'natDestination':
    case 'natSource':
      if (PORT_BEHIND.test(text)) return portInAddress(text);
      return namesNoAddress(text) && !text.startsWith('[]') ? portAlone : null;
    case 'weekDays':
      return text.split(',').every(isPlainDay) ? null : daysCut;
    case 'monthDays':
      return /\d\d[^,]/.test(text) ? daysCut : null;
    case 'text':
      return name === '--log-prefix' && text.length > LONGEST_PREFIX ? prefixCut : null;
    default:
      return null;
  }
}

function isPlainDay(day: string): boolean {
  return (
    !/^[A-Z]/.test(day) || /^(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:n|e|d|u|i|t)?(?:s|rs|r|nes|ur)?(?:day)?$/.test(day)
  );
}

/** `prefix` of `struct ipt_log_info` has 30 bytes with its ending zero. */
const LONGEST_PREFIX = 29;

/** `eth0,eth1` */
const severalInterfaces: Complaint = {
  code: 'bad-value',
  word: 0,
  why: 'it has a ","',
  cure: 'Write a rule for each interface.',
  doubt: 'iptables takes it for the name of one interface, and hardly any node has one that is called so',
};

/** `eth0:1` */
const labelOfAddress: Complaint = {
  code: 'bad-value',
  word: 0,
  why: 'it looks like the label of an address',
  cure: 'Name the interface itself, and match the address with -s or -d.',
  doubt: 'packets come in by the interface before the colon, so the rule never matches',
};

/** `Mon-Fri`: of each day two characters are read (extensions/libxt_time.c). */
const daysCut: Complaint = {
  code: 'bad-value',
  word: 0,
  why: 'it is not a list of days',
  cure: 'Write each day, with commas between.',
  doubt: 'iptables reads two characters up to each comma, and leaves out the others',
};

const prefixCut: Complaint = {
  code: 'bad-value',
  word: 0,
  why: `it is longer than ${LONGEST_PREFIX} characters`,
  cure: 'Shorten it.',
  doubt: 'iptables cuts it off there',
};

/** `eth*`: iptables has `+` for that, and warns only. */
const wildcard: Complaint = {
  code: 'bad-value',
  word: 0,
  why: 'it has a "*"',
  cure: 'End the name with "+", which stands for any ending.',
  doubt: 'iptables takes it for a letter of the name, so the rule never matches',
};

/** `10:80` */
const portAlone: Complaint = {
  code: 'bad-address',
  word: 0,
  why: 'it has two characters where the address should be',
  cure: 'Write the whole address before the colon, or the colon first.',
  doubt: 'iptables leaves them out and translates the port alone',
};

/** `fd00::5:8080`, of which all is an address: its last part is one of the ports that are written most. */
const PORT_BEHIND = /^[\da-f:]*::[\da-f:]*[\da-f]:(?:22|53|80|443|[3-9]\d{3})$/i;

function portInAddress(text: string): Complaint {
  const colon = text.lastIndexOf(':');
  return {
    code: 'bad-address',
    word: 0,
    why: 'it looks like an address with a port behind',
    cure: `If a port is meant, write "[${text.slice(0, colon)}]${text.slice(colon)}".`,
    doubt: 'iptables takes all of it as an address, and translates no port',
    isOpen: true,
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
