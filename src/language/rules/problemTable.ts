/**
 * The one table of problems. Diagnostics, SARIF rules and docs/problems.md all come from it. A message says what is
 * wrong, why it matters and what to do, in that order; `error` means that iptables-restore or the kernel refuses it.
 */
import { counted, listed } from '../words.ts';
import type { Severity } from './problem.ts';

/** A kind of problem. `Details` is what its message needs: words of the input and what was expected, plain text. */
export interface ProblemKind<Details> {
  readonly title: string;
  readonly severity: Severity;
  /** For the documentation: when it comes, and what to do. Markdown, one paragraph. */
  readonly doc: string;
  readonly message: (details: Details) => string;
}

function kind<Details>(definition: ProblemKind<Details>): ProblemKind<Details> {
  return definition;
}

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

const refused = 'so the kernel refuses the whole table';

const kinds = {
  'not-rules': kind<{ readonly what: string }>({
    title: 'The text is not iptables rules',
    severity: 'error',
    doc: 'The document is something else: a PDF, an archive, an nftables ruleset, a listing of `iptables -L`. Open the output of `iptables-save` or `iptables -S`.',
    message: ({ what }) =>
      what === 'text in UTF-16'
        ? 'This is text in UTF-16, which iptables-restore does not read. Save it as UTF-8.'
        : `This is ${what}, not iptables rules, so nothing in it can be read. Open the output of "iptables-save" or "iptables -S".`,
  }),
  'bad-line': kind<{ readonly reason: string }>({
    title: 'Line is none that iptables-restore knows',
    severity: 'error',
    doc: 'A line of a dump is a comment (`#`), a table (`*nat`), a chain (`:NAME - [0:0]`), a rule (`-A CHAIN …`) or `COMMIT`. Anything else makes `iptables-restore` stop there, and nothing of the table is loaded.',
    message: ({ reason }) =>
      `${reason === '' ? 'This line is neither a table, a chain, a rule, a comment nor COMMIT' : reason}, so iptables-restore stops here. Correct it or remove it.`,
  }),
  'bad-counters': kind<{ readonly counters: string }>({
    title: 'Counters cannot be read',
    severity: 'warning',
    doc: 'Behind the policy stand the counters, `[packets:bytes]`. iptables-restore reads them with `-c` only, and then refuses what is none.',
    message: ({ counters }) =>
      `"${counters}" is no counters, so iptables-restore refuses this line when it is told to restore them (-c). Write "[0:0]".`,
  }),
  'outside-table': kind<{ readonly word: string }>({
    title: 'Line stands outside of any table',
    severity: 'error',
    doc: 'Chains, rules and `COMMIT` belong between a table line (`*filter`) and `COMMIT`.',
    message: ({ word }) =>
      `${word === '' ? 'This line' : `"${word}"`} stands outside of any table, so iptables-restore stops here. Put it between a table line ("*filter") and COMMIT.`,
  }),
  'unterminated-quote': kind<{ readonly word: string }>({
    title: 'Quote is not closed',
    severity: 'warning',
    doc: 'A `"` opens a value that runs to the end of the line. `iptables-restore` accepts it, and takes all that follows, options and target too, as part of the value.',
    message: () =>
      'This quote is never closed, so the rest of the line, its target too, becomes part of the value. Close it where the value ends.',
  }),
  'missing-commit': kind<InTable>({
    title: 'Table is not committed',
    severity: 'error',
    doc: 'Every table ends with `COMMIT`. Without it iptables-restore loads nothing of the table; a dump that lacks it was most likely cut off.',
    message: ({ table }) =>
      `Table ${table} has no COMMIT, so nothing of it is loaded; the dump may be cut off here. End it with a line "COMMIT".`,
  }),
  'unknown-table': kind<InTable>({
    title: 'Table does not exist',
    severity: 'error',
    doc: 'The kernel has the tables raw, mangle, nat, filter and security.',
    message: ({ table }) =>
      `The kernel has no table ${table}, so iptables-restore stops here. Use raw, mangle, nat, filter or security.`,
  }),
  'undeclared-chain': kind<ChainIn & { readonly what: string; readonly more: number }>({
    title: 'Rule or policy of a chain that is not declared',
    severity: 'error',
    doc: 'A chain that the kernel does not make itself must be declared (`:NAME - [0:0]`) before its first rule.',
    message: ({ chain, table, what, more }) =>
      `${chain} is not declared in table ${table}, so the kernel refuses ${what}${more > 0 ? ` and ${counted(more, 'more rule')}` : ''} and with it the whole table. Declare it (":${chain} - [0:0]") before its first rule.`,
  }),
  'undefined-jump-target': kind<ChainIn>({
    title: 'Jump to a chain that does not exist',
    severity: 'error',
    doc: 'The name after `-j` or `-g` is neither a target extension nor a chain that this table declares. Declare the chain or remove the jump. In a dump of a running node this is the sign of a restore that failed half way.',
    message: ({ chain, table }) =>
      `${chain} is not declared in table ${table}, ${refused}. Declare it (":${chain} - [0:0]") or remove the jump.`,
  }),
  'jump-to-builtin': kind<ChainIn>({
    title: 'Jump to a built-in chain',
    severity: 'error',
    doc: 'Packets enter INPUT, FORWARD, OUTPUT, PREROUTING and POSTROUTING from the kernel only; no rule may jump to them.',
    message: ({ chain, table }) =>
      `${chain} is a built-in chain of table ${table} and cannot be jumped to, ${refused}. Move its rules into a chain of their own and jump to that.`,
  }),
  'chain-loop': kind<{ readonly path: string; readonly reached: string | null }>({
    title: 'Chains call each other in a circle',
    severity: 'error',
    doc: 'A chain that leads back to itself. The kernel refuses the table if a built-in chain leads into the circle; otherwise it is a warning, for no packet gets there.',
    message: ({ path, reached }) =>
      reached === null
        ? `These chains lead back to themselves: ${path}. Nothing jumps into them yet; once something does, the kernel refuses the whole table. Remove one of the jumps.`
        : `These chains lead back to themselves: ${path}. ${reached} leads there, ${refused}. Remove one of the jumps.`,
  }),
  'jump-too-deep': kind<{ readonly chain: string; readonly limit: number }>({
    title: 'Chains are nested too deeply',
    severity: 'error',
    doc: 'The nf_tables kernel follows at most 16 jumps inside each other (NFT_JUMP_STACK_SIZE) and refuses rules that go deeper. iptables-legacy has no such limit.',
    message: ({ chain, limit }) =>
      `${chain} lies more than ${limit} jumps deep, which iptables-nft refuses. Flatten the chains above it.`,
  }),
  'duplicate-chain': kind<ChainIn & { readonly refusedBy: string | null }>({
    title: 'Chain is declared twice',
    severity: 'warning',
    doc: 'iptables-legacy refuses the second declaration of a chain; iptables-nft takes it without a word.',
    message: ({ chain, table, refusedBy }) =>
      `${chain} is declared twice in table ${table}, ${refusedBy === null ? 'and the second one changes nothing' : `which ${refusedBy} refuses`}. Remove one of the two lines.`,
  }),
  'chain-name-too-long': kind<ChainIn>({
    title: 'Chain name is too long',
    severity: 'error',
    doc: 'A chain name has at most 28 bytes (XT_EXTENSION_MAXNAMELEN).',
    message: ({ chain }) =>
      `"${chain}" is longer than the 28 bytes that a chain name may have, so iptables-restore stops here. Shorten it.`,
  }),
  'bad-chain-name': kind<{ readonly chain: string; readonly why: string }>({
    title: 'Chain name is not allowed',
    severity: 'error',
    doc: 'A chain may not be named like a verdict (ACCEPT, DROP, RETURN, QUEUE), nor start with `-` or `!`.',
    message: ({ chain, why }) =>
      `A chain cannot be called "${chain}": ${why}, so iptables-restore stops here. Choose another name.`,
  }),
  'policy-on-user-chain': kind<ChainIn>({
    title: 'Policy on a chain that is not built in',
    severity: 'error',
    doc: 'Only built-in chains have a policy. iptables-legacy refuses one on any other chain; iptables-nft ignores it.',
    message: ({ chain, table }) =>
      `${chain} is not a built-in chain of table ${table}, so it has no policy: iptables-legacy refuses this line, iptables-nft ignores the policy. Write "-" instead.`,
  }),
  'bad-policy': kind<ChainIn & { readonly policy: string }>({
    title: 'Policy is neither ACCEPT nor DROP',
    severity: 'error',
    doc: 'A policy is ACCEPT or DROP; in table nat only ACCEPT.',
    message: ({ chain, table, policy }) =>
      table === 'nat' && policy === 'DROP'
        ? `Table nat is not meant for filtering: "iptables -P" refuses policy DROP of ${chain}, and each new connection would be lost. Use ACCEPT here, and drop in table filter.`
        : `"${policy}" is no policy, so iptables-restore refuses this line. Use ACCEPT or DROP for ${chain}.`,
  }),
  'unknown-match': kind<{ readonly name: string }>({
    title: 'Match extension is not known',
    severity: 'error',
    doc: 'iptables has no extension of this name. It may come with an add-on such as xtables-addons; then it loads only where that is installed.',
    message: ({ name }) =>
      `iptables has no match "${name}", so it refuses this rule unless an add-on brings one. Check the spelling.`,
  }),
  'unknown-option': kind<{ readonly option: string; readonly hint: string }>({
    title: 'Option is not known here',
    severity: 'error',
    doc: 'No extension that the rule has loaded knows this option. Options belong behind their `-m` or `-j`.',
    message: ({ option, hint }) =>
      `Nothing in this rule knows the option "${option}", so iptables-restore stops here. ${hint === '' ? 'Check the spelling, or load its match with "-m" before it.' : hint}`,
  }),
  'attached-value': kind<{ readonly option: string; readonly value: string; readonly accepted: boolean }>({
    title: 'Value is attached to its option',
    severity: 'error',
    doc: 'For `-s`, `-d`, `-p`, `-i`, `-o` and `-j` iptables takes the whole word for the value: `-ptcp` asks for a protocol "-ptcp". Put a blank between.',
    message: ({ option, value, accepted }) =>
      accepted
        ? `iptables takes this whole word for an interface’s name, so the rule never matches. Write "${option} ${value}".`
        : `iptables takes this whole word for the value of ${option}, so iptables-restore stops here. Write "${option} ${value}".`,
  }),
  'missing-value': kind<{ readonly option: string }>({
    title: 'Option lacks its value',
    severity: 'error',
    doc: 'The option takes a value, and there is none.',
    message: ({ option }) => `${option} needs a value and has none, so iptables-restore stops here. Add it.`,
  }),
  'missing-option': kind<{ readonly name: string; readonly options: readonly string[] }>({
    title: 'Extension lacks an option that it needs',
    severity: 'error',
    doc: 'Most matches and targets mean nothing without one of their options: `-m mark` needs `--mark`, `-j DNAT` needs `--to-destination`.',
    message: ({ name, options }) =>
      `${name} needs ${options.length > 5 ? `one of its options, such as ${listed(options.slice(0, 2))}` : options.length > 1 ? `one of ${listed(options)}` : (options[0] ?? '')}, so iptables-restore stops here. Add it.`,
  }),
  'repeated-option': kind<{ readonly option: string }>({
    title: 'Option is given twice',
    severity: 'error',
    doc: 'iptables takes each option once. Load the match again (`-m comment … -m comment …`) or write a second rule.',
    message: ({ option }) =>
      `${option} stands twice in this rule, so iptables-restore stops here. Remove one, or make two rules.`,
  }),
  'conflicting-options': kind<{ readonly option: string; readonly other: string; readonly name: string }>({
    title: 'Options exclude each other',
    severity: 'error',
    doc: 'Some options of a match or target cannot stand together: `--set` and `--rcheck` of `recent`, `--above` and `--upto` of a limit.',
    message: ({ option, other, name }) =>
      `${option} cannot stand together with ${other} in one ${name}, so iptables-restore stops here. Remove one, or make two rules.`,
  }),
  'not-negatable': kind<{ readonly option: string; readonly why: string }>({
    title: 'Option cannot be negated',
    severity: 'error',
    doc: '`!` stands before an option that has no negation, or has none for several addresses.',
    message: ({ option, why }) =>
      `${option} cannot be negated${why === '' ? '' : ` ${why}`}, so iptables-restore stops here. Remove the "!".`,
  }),
  'misplaced-negation': kind<{ readonly option: string }>({
    title: '“!” stands behind its option',
    severity: 'error',
    doc: 'iptables up to 1.4.2 took `--dport ! 80`. Since then the `!` stands before the option.',
    message: ({ option }) =>
      `"!" stands behind ${option}, where iptables takes it for the value. Write "! ${option}".`,
  }),
  'line-endings': kind<null>({
    title: 'Lines end as on Windows',
    severity: 'error',
    doc: 'The file has CR LF line endings. They do not matter for reading it here, but iptables-restore takes the CR for a part of the last word.',
    message: () =>
      'Lines end in CR LF, as on Windows, so iptables-restore refuses the file. Change the line endings to LF before restoring it.',
  }),
  'missing-newline': kind<null>({
    title: 'Last line is not ended',
    severity: 'error',
    doc: 'iptables-legacy-restore does not take COMMIT without a line ending; iptables-nft-restore does.',
    message: () =>
      'No line ending follows this COMMIT, so iptables-legacy-restore does not take it for one. Add one.',
  }),
  'protocol-needed': kind<{
    readonly option: string;
    readonly has: string | null;
    readonly wanted: readonly string[];
  }>({
    title: 'Protocol is missing or does not fit',
    severity: 'error',
    doc: 'Ports, TCP flags and ICMP types exist only in some protocols, so the rule must name one with `-p` before.',
    message: ({ option, has, wanted }) => {
      const first = wanted[0] ?? 'tcp';
      const wants =
        wanted.length > 2 || option.includes('port')
          ? 'a protocol with ports'
          : `protocol ${wanted.join(' or ')}`;
      return has === null
        ? `${option} needs ${wants} before it: add "-p ${first}".`
        : `${option} needs ${wants}, and this rule has "-p ${has}", so the kernel refuses it. Use "-p ${first}".`;
    },
  }),
  'target-not-allowed': kind<
    InTable & { readonly target: string; readonly where: string; readonly cure: string }
  >({
    title: 'Target is not allowed here',
    severity: 'error',
    doc: 'Many targets work in some tables or from some hooks only: DNAT in nat from PREROUTING and OUTPUT, MASQUERADE in nat from POSTROUTING, REJECT in filter.',
    message: ({ target, where, cure }) => `${target} is not allowed in ${where}, ${refused}. ${cure}`,
  }),
  'match-not-allowed': kind<{ readonly match: string; readonly where: string; readonly cure: string }>({
    title: 'Match is not allowed here',
    severity: 'error',
    doc: 'Some matches exist only on part of a packet’s way: the sender’s user (`owner`) only on packets that this node makes, `-i` only where a packet comes in.',
    message: ({ match, where, cure }) => `${match} is not allowed in ${where}, ${refused}. ${cure}`,
  }),
  'wrong-family': kind<{ readonly name: string; readonly family: 4 | 6; readonly cure: string }>({
    title: 'Belongs to the other IP version',
    severity: 'error',
    doc: 'The rules are for one IP version and the extension or value for the other.',
    message: ({ name, family, cure }) =>
      `${name} does not exist for IPv${family}, so ${family === 4 ? 'iptables' : 'ip6tables'}-restore stops here. ${cure}`,
  }),
  'bad-address': kind<BadWord>({
    title: 'Address is wrong',
    severity: 'error',
    doc: 'The value is no IP address. A host name is a warning: iptables looks it up once, while loading, and a dump never holds one.',
    message: badWord('an address', 'Write it as 10.0.0.1, 10.0.0.0/8 or fd00::1'),
  }),
  'bad-mask': kind<BadWord>({
    title: 'Mask is wrong',
    severity: 'error',
    doc: 'A prefix length is 0 to 32 in IPv4 and 0 to 128 in IPv6; a mask is written like an address.',
    message: badWord('a mask', 'Use a prefix length of 0 to 32 in IPv4, of 0 to 128 in IPv6'),
  }),
  'bad-port': kind<BadWord>({
    title: 'Port is wrong',
    severity: 'error',
    doc: 'A port is a number from 0 to 65535 or a service name; a range is `low:high`, with `-` in NAT targets. A service name that is not known here is a warning: iptables looks it up in its own `/etc/services`. So is a number above 65535 for UDP and conntrack, which iptables cuts.',
    message: badWord('a port', 'Use a number from 0 to 65535 or a range of them'),
  }),
  'bad-probability': kind<BadWord>({
    title: 'Probability is wrong',
    severity: 'error',
    doc: 'A probability is a number from 0 to 1; the kernel keeps it in steps of 1/2147483648.',
    message: badWord('a probability', 'Use a number from 0 to 1'),
  }),
  'bad-value': kind<BadWord & { readonly cure: string }>({
    title: 'Value is wrong',
    severity: 'error',
    doc: 'The option does not take this value.',
    message: ({ option, value, why, cure }) =>
      `${option} does not take "${value}"${why === '' ? '' : `: ${why}`}, so iptables-restore stops here. ${cure}`,
  }),
} as const;

export type ProblemCode = keyof typeof kinds;

/** What the message of a problem needs. */
export type DetailsOf<Code extends ProblemCode> = Parameters<(typeof kinds)[Code]['message']>[0];

export const problemTable: { readonly [Code in ProblemCode]: ProblemKind<DetailsOf<Code>> } = kinds;

/** Every code, in the order of the table. */
export const problemCodes: readonly ProblemCode[] = Object.keys(problemTable).filter(isProblemCode);

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemTable, code);
}

function badWord(what: string, cure: string): (details: BadWord) => string {
  return ({ option, value, why, doubt }) => {
    const said = `"${value}" is not ${what} that ${option} takes${why === '' ? '' : `: ${why}`}`;
    return doubt === null
      ? `${said}, so iptables-restore stops here. ${cure}.`
      : `"${value}" ${why.replace(/^it /, '')}: ${doubt}. ${cure}.`;
  };
}
