/**
 * What the problems of layer `syntax` say. A message is plain text: what is wrong, why it matters and what to do, in that
 * order. It is made of details: words of the input and what was expected.
 */
import type { IptablesCode } from '../../kubeproxy/findings/table.ts';
import { counted, listed } from '../words.ts';

interface InTable {
  readonly table: string;
}
interface ChainIn extends InTable {
  readonly chain: string;
}
/** A word that an option does not take: `why` is a clause ("it is above 65535"), `expected` what it takes. */
interface BadWord {
  readonly option: string;
  readonly value: string;
  readonly why: string;
  /** A clause on what iptables does with it; null where it refuses it. */
  readonly doubt: string | null;
}

/** `absent` and `variables` are lists in words, empty where there are none; `tables` those that no line names. */
interface PartDetails {
  readonly absent: string;
  readonly isOne: boolean;
  readonly tables: readonly string[];
  readonly variables: string;
}

const refused = 'so the kernel refuses the whole table';

const texts = {
  'not-rules': ({ what }: { readonly what: string }) =>
    what === 'text in UTF-16'
      ? 'This is text in UTF-16, which iptables-restore does not read. Save it as UTF-8.'
      : `This is ${what}, not iptables rules, so nothing in it can be read. Open the output of "iptables-save" or "iptables -S".`,
  'pasted-noise': ({ what, refused: isRefused }: { readonly what: string; readonly refused: boolean }) =>
    isRefused
      ? `The rules are read without ${what}, but iptables-restore refuses the text as it stands. Use "Clean Pasted Rules".`
      : `This is pasted text: the rules are read without ${what}. "Clean Pasted Rules" takes that away.`,
  listing: ({ losses }: { readonly losses: readonly string[] }) =>
    [
      'This is a listing of iptables -L, and is read as the rules that it shows.',
      ...losses,
      'Open the output of "iptables-save" for what is sure.',
    ].join(' '),
  'part-of-dump': ({ absent, isOne, tables, variables }: PartDetails) =>
    [
      `These rules are a part of what the node has${absent === '' ? '' : `: ${absent} ${isOne ? 'is' : 'are'} not in it`}. What is not here is not known, and may decide.`,
      ...(tables.length === 0
        ? []
        : [`They are read as ${tables.length === 1 ? 'table' : 'tables'} ${listed(tables)}.`]),
      ...(variables === '' ? [] : [`What ${variables} stands for is not known.`]),
    ].join(' '),
  'bad-line': ({ reason }: { readonly reason: string }) =>
    `${reason === '' ? 'This line is neither a table, a chain, a rule, a comment nor COMMIT' : reason}, so iptables-restore stops here. Correct it or remove it.`,
  'bad-counters': ({ counters, more }: { readonly counters: string; readonly more: number }) =>
    `"${counters}" is no counters, so iptables-restore refuses this line${more === 0 ? '' : ` and ${counted(more, 'other')}`} when it is told to restore them (-c). Write "[0:0]".`,
  'outside-table': ({ word }: { readonly word: string }) =>
    `${word === '' ? 'This line' : `"${word}"`} stands outside of any table, so iptables-restore stops here. Put it between a table line ("*filter") and COMMIT.`,
  'unterminated-quote': () =>
    'This quote is never closed, so the rest of the line, its target too, becomes part of the value. Close it where the value ends.',
  'missing-commit': ({ table }: InTable) =>
    `Table ${table} has no COMMIT, so nothing of it is loaded; the dump may be cut off here. End it with a line "COMMIT".`,
  'unknown-table': ({ table }: InTable) =>
    `The kernel has no table ${table}, so iptables-restore stops here. Use raw, mangle, nat, filter or security.`,
  'undeclared-chain': ({
    chain,
    table,
    what,
    more,
  }: ChainIn & { readonly what: string; readonly more: number }) =>
    `${chain} is not declared in table ${table}, so the kernel refuses ${what}${more > 0 ? ` and ${counted(more, 'more rule')}` : ''} and with it the whole table. Declare it (":${chain} - [0:0]") before its first rule.`,
  'undefined-jump-target': ({ chain, table, below }: ChainIn & { readonly below: boolean }) =>
    below
      ? `${chain} is declared only below this rule, ${refused}. Move its declaration above the rule.`
      : `${chain} is not declared in table ${table}, ${refused}. Declare it (":${chain} - [0:0]") or remove the jump.`,
  'jump-to-builtin': ({ chain, table }: ChainIn) =>
    `${chain} is a built-in chain of table ${table} and cannot be jumped to, ${refused}. Move its rules into a chain of their own and jump to that.`,
  'chain-loop': ({ path, reached }: { readonly path: string; readonly reached: string | null }) =>
    reached === null
      ? `These chains lead back to themselves: ${path}. Nothing jumps into them yet; once something does, the kernel refuses the whole table. Remove one of the jumps.`
      : `These chains lead back to themselves: ${path}. ${reached} leads there, ${refused}. Remove one of the jumps.`,
  'jump-too-deep': ({ chain, limit }: { readonly chain: string; readonly limit: number }) =>
    `${chain} lies more than ${limit} jumps deep, which iptables-nft refuses. Flatten the chains above it.`,
  'duplicate-chain': ({ chain, table, refusedBy }: ChainIn & { readonly refusedBy: string | null }) =>
    `${chain} is declared twice in table ${table}, ${refusedBy === null ? 'and the second one changes nothing' : `which ${refusedBy} refuses`}. Remove one of the two lines.`,
  'chain-name-too-long': ({ chain }: ChainIn) =>
    `"${chain}" is longer than the 28 bytes that a chain name may have, so iptables-restore stops here. Shorten it.`,
  'bad-chain-name': ({ chain, why }: { readonly chain: string; readonly why: string }) =>
    `A chain cannot be called "${chain}": ${why}, so iptables-restore stops here. Choose another name.`,
  'policy-on-user-chain': ({ chain, table }: ChainIn) =>
    `${chain} is not a built-in chain of table ${table}, so it has no policy: iptables-legacy refuses this line, iptables-nft ignores the policy. Write "-" instead.`,
  'bad-policy': ({ chain, table, policy }: ChainIn & { readonly policy: string }) =>
    table === 'nat' && policy === 'DROP'
      ? `Table nat is not meant for filtering: "iptables -P" refuses policy DROP of ${chain}, and each new connection would be lost. Use ACCEPT here, and drop in table filter.`
      : `"${policy}" is no policy, so iptables-restore refuses this line. Use ACCEPT or DROP for ${chain}.`,
  'unknown-match': ({ name }: { readonly name: string }) =>
    `iptables has no match "${name}", so it refuses this rule unless an add-on brings one. Check the spelling.`,
  'unknown-option': ({ option, hint }: { readonly option: string; readonly hint: string }) =>
    `Nothing in this rule knows the option "${option}", so iptables-restore stops here. ${hint === '' ? 'Check the spelling, or load its match with "-m" before it.' : hint}`,
  'attached-value': ({
    option,
    value,
    accepted,
  }: {
    readonly option: string;
    readonly value: string;
    readonly accepted: boolean;
  }) =>
    accepted
      ? `iptables takes this whole word for an interface’s name, so the rule never matches. Write "${option} ${value}".`
      : `iptables takes this whole word for the value of ${option}, so iptables-restore stops here. Write "${option} ${value}".`,
  'missing-value': ({ option, cure }: { readonly option: string; readonly cure: string | null }) =>
    cure === null
      ? `${option} needs a value and has none, so iptables-restore stops here. Add it.`
      : `${option} needs two values and has one, so iptables-restore stops here. ${cure}`,
  'missing-option': ({ name, options }: { readonly name: string; readonly options: readonly string[] }) =>
    `${name} needs ${options.length > 5 ? `one of its options, such as ${listed(options.slice(0, 2))}` : options.length > 1 ? `one of ${listed(options)}` : (options[0] ?? '')}, so iptables-restore stops here. Add it.`,
  'repeated-option': ({ option }: { readonly option: string }) =>
    `${option} stands twice in this rule, so iptables-restore stops here. Remove one, or make two rules.`,
  'conflicting-options': ({
    option,
    other,
    name,
  }: {
    readonly option: string;
    readonly other: string;
    readonly name: string;
  }) =>
    `${option} cannot stand together with ${other} in one ${name}, so iptables-restore stops here. Remove one, or make two rules.`,
  'not-negatable': ({
    option,
    why,
    cure,
  }: {
    readonly option: string;
    readonly why: string;
    readonly cure?: string;
  }) =>
    `${option} cannot be negated${why === '' ? '' : ` ${why}`}, so iptables-restore stops here. ${cure ?? 'Remove the "!".'}`,
  'misplaced-negation': ({ option }: { readonly option: string }) =>
    `"!" stands behind ${option}, where iptables takes it for the value. Write "! ${option}".`,
  'line-endings': () =>
    'Lines end in CR LF, as on Windows, so iptables-restore refuses the file. Change the line endings to LF before restoring it.',
  'missing-newline': () =>
    'No line ending follows this COMMIT, so iptables-legacy-restore does not take it for one. Add one.',
  'protocol-needed': ({
    option,
    has,
    wanted,
    legacyOnly,
  }: {
    readonly option: string;
    readonly has: string | null;
    readonly wanted: readonly string[];
    readonly legacyOnly: boolean;
  }) => {
    const first = wanted[0] ?? 'tcp';
    const wants =
      wanted.length > 2 || option.includes('port')
        ? 'a protocol with ports'
        : `protocol ${wanted.join(' or ')}`;
    return has === null
      ? `${option} needs ${wants} before it: add "-p ${first}".`
      : `${option} needs ${wants}, and this rule has "-p ${has}", so ${legacyOnly ? 'iptables-legacy' : 'the kernel'} refuses it. Use "-p ${first}".`;
  },
  'target-not-allowed': ({
    target,
    where,
    cure,
  }: InTable & { readonly target: string; readonly where: string; readonly cure: string }) =>
    `${target} is not allowed in ${where}, ${refused}. ${cure}`,
  'match-not-allowed': ({
    match,
    where,
    cure,
  }: {
    readonly match: string;
    readonly where: string;
    readonly cure: string;
  }) => `${match} is not allowed in ${where}, ${refused}. ${cure}`,
  'wrong-family': ({
    name,
    family,
    cure,
  }: {
    readonly name: string;
    readonly family: 4 | 6;
    readonly cure: string;
  }) =>
    `${name} does not exist for IPv${family}, so ${family === 4 ? 'iptables' : 'ip6tables'}-restore stops here. ${cure}`,
  'bad-address': badWord('an address', null),
  'bad-mask': badWord('a mask', 'Use a prefix length of 0 to 32 in IPv4, of 0 to 128 in IPv6'),
  'bad-port': badWord('a port', 'Use a number from 0 to 65535 or a range of them'),
  'bad-probability': badWord('a probability', 'Use a number from 0 to 1'),
  'bad-value': ({ option, value, why, doubt, cure }: BadWord & { readonly cure: string }) =>
    doubt !== null
      ? `"${value}" ${why.replace(/^it /, '')}: ${doubt}. ${cure}`
      : `${option} does not take "${value}"${why === '' ? '' : `: ${why}`}, so iptables-restore stops here. ${cure}`,
} as const satisfies { readonly [Code in IptablesCode]: (details: never) => string };

/** What the message of a problem needs; null where it needs nothing. */
export type DetailsOf<Code extends IptablesCode> =
  Parameters<(typeof texts)[Code]> extends [infer Details] ? Details : null;

export const messages: { readonly [Code in IptablesCode]: (details: DetailsOf<Code>) => string } = texts;

/** `cure` is null where that depends on the option: its own is told. */
function badWord(
  what: string,
  always: string | null,
): (details: BadWord & { readonly cure: string }) => string {
  return ({ option, value, why, doubt, cure: own }) => {
    const cure = always === null ? own : `${always}.`;
    const said = `"${value}" is not ${what} that ${option} takes${why === '' ? '' : `: ${why}`}`;
    return doubt === null
      ? `${said}, so iptables-restore stops here. ${cure}`
      : `"${value}" ${why.replace(/^it /, '')}: ${doubt}. ${cure}`;
  };
}
