/** What iptables-restore or the kernel refuses, or takes for something else than was meant. */
import type { FindingKind } from './kind.ts';

export const syntaxKinds = {
  'not-rules': {
    title: 'The text is not iptables rules',
    severity: 'error',
    layer: 'syntax',
    meaning: 'The document is something else: a PDF, an archive, an nftables ruleset.',
    cure: 'Open the output of `iptables-save` or `iptables -S`.',
  },
  'pasted-noise': {
    title: 'Text was pasted, with more than rules in it',
    severity: 'information',
    layer: 'syntax',
    meaning:
      'Prompts, line numbers, quote marks, HTML entities and the like stand around the rules. The rules are read without them. In a text that has its tables whole, typographic dashes, quotes and spaces are an error: iptables-restore would take them for a part of the rule.',
    cure: 'Nothing needs to be done to read it. *Clean Pasted Rules* leaves the rules alone.',
  },
  listing: {
    title: 'Rules are read from a listing',
    severity: 'information',
    layer: 'syntax',
    meaning:
      'The text is the output of `iptables -L`. Its rules are read, but a listing does not show all of them: without `-v` no interfaces, in old releases not all digits of a probability, and most often not which table it is.',
    cure: 'Open the output of `iptables-save` for what is sure, or a listing made with `-v -x` and `-t`.',
  },
  'part-of-dump': {
    title: 'Rules are a part of a dump',
    severity: 'information',
    layer: 'syntax',
    meaning:
      'The text is a `grep` of a dump, one chain of `iptables -S`, what `nft list chain` or `nft list map` shows, or a list of commands. Tables of iptables follow from targets, chain names and the command that is shown. Chains that are not in it may have rules that decide; a trace passes them over and says so.',
    cure: 'Nothing needs to be done to read it. For a sure answer open all of the output of `iptables-save` or `nft list ruleset`.',
  },
  'bad-line': {
    title: 'Line is none that iptables-restore knows',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A line of a dump is a comment (`#`), a table (`*nat`), a chain (`:NAME - [0:0]`), a rule (`-A CHAIN …`) or `COMMIT`. Anything else makes `iptables-restore` stop there, and nothing of the table is loaded.',
    cure: 'Correct the line or remove it.',
  },
  'bad-counters': {
    title: 'Counters cannot be read',
    severity: 'warning',
    layer: 'syntax',
    meaning:
      'Behind the policy stand the counters, `[packets:bytes]`. iptables-restore reads them with `-c` only, and then refuses what is none.',
    cure: 'Write `[0:0]`, or the counters as `[packets:bytes]`.',
  },
  'outside-table': {
    title: 'Line stands outside of any table',
    severity: 'error',
    layer: 'syntax',
    meaning: 'Chains, rules and `COMMIT` belong between a table line (`*filter`) and `COMMIT`.',
    cure: 'Put the line between a table line and `COMMIT`.',
  },
  'unterminated-quote': {
    title: 'Quote is not closed',
    severity: 'warning',
    layer: 'syntax',
    meaning:
      'A `"` opens a value that runs to the end of the line. `iptables-restore` accepts it, and takes all that follows, options and target too, as part of the value.',
    cure: 'Close the quote where the value ends.',
  },
  'missing-commit': {
    title: 'Table is not committed',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Every table ends with `COMMIT`. Without it iptables-restore loads nothing of the table; a dump that lacks it was most likely cut off.',
    cure: 'End the table with a line `COMMIT`, or save the rules again if the dump was cut off.',
  },
  'unknown-table': {
    title: 'Table does not exist',
    severity: 'error',
    layer: 'syntax',
    meaning: 'The kernel has the tables raw, mangle, nat, filter and security.',
    cure: 'Use raw, mangle, nat, filter or security.',
  },
  'undeclared-chain': {
    title: 'Rule or policy of a chain that is not declared',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A chain that the kernel does not make itself must be declared (`:NAME - [0:0]`) before its first rule.',
    cure: 'Declare the chain before its first rule.',
  },
  'undefined-jump-target': {
    title: 'Jump to a chain that does not exist',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'The name after `-j` or `-g` is neither a target extension nor a chain that this table declares. In a dump of a running node this is the sign of a restore that failed half way.',
    cure: 'Declare the chain or remove the jump.',
  },
  'jump-to-builtin': {
    title: 'Jump to a built-in chain',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Packets enter INPUT, FORWARD, OUTPUT, PREROUTING and POSTROUTING from the kernel only; no rule may jump to them.',
    cure: 'Move the rules of the built-in chain into a chain of their own and jump to that.',
  },
  'chain-loop': {
    title: 'Chains call each other in a circle',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A chain that leads back to itself. The kernel refuses the table if a built-in chain leads into the circle; otherwise it is a warning, for no packet gets there.',
    cure: 'Remove one of the jumps.',
  },
  'jump-too-deep': {
    title: 'Chains are nested too deeply',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'The nf_tables kernel follows at most 16 jumps inside each other (NFT_JUMP_STACK_SIZE) and refuses rules that go deeper. iptables-legacy has no such limit.',
    cure: 'Flatten the chains above it.',
  },
  'duplicate-chain': {
    title: 'Chain is declared twice',
    severity: 'warning',
    layer: 'syntax',
    meaning:
      'iptables-legacy refuses the second declaration of a chain; iptables-nft takes it without a word.',
    cure: 'Remove one of the two lines.',
  },
  'chain-name-too-long': {
    title: 'Chain name is too long',
    severity: 'error',
    layer: 'syntax',
    meaning: 'A chain name has at most 28 bytes (XT_EXTENSION_MAXNAMELEN).',
    cure: 'Shorten the name.',
  },
  'bad-chain-name': {
    title: 'Chain name is not allowed',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A chain may not be named like a verdict (ACCEPT, DROP, RETURN, QUEUE), nor start with `-` or `!`.',
    cure: 'Choose another name.',
  },
  'policy-on-user-chain': {
    title: 'Policy on a chain that is not built in',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Only built-in chains have a policy. iptables-legacy refuses one on any other chain; iptables-nft ignores it.',
    cure: 'Write `-` in place of the policy.',
  },
  'bad-policy': {
    title: 'Policy is neither ACCEPT nor DROP',
    severity: 'error',
    layer: 'syntax',
    meaning: 'A policy is ACCEPT or DROP; in table nat only ACCEPT.',
    cure: 'Use ACCEPT or DROP; in table nat use ACCEPT, and drop in table filter.',
  },
  'unknown-match': {
    title: 'Match extension is not known',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'iptables has no extension of this name. It may come with an add-on such as xtables-addons; then it loads only where that is installed.',
    cure: 'Check the spelling, or install the add-on.',
  },
  'unknown-option': {
    title: 'Option is not known here',
    severity: 'error',
    layer: 'syntax',
    meaning: 'No extension that the rule has loaded knows this option.',
    cure: 'Check the spelling, and put the option behind its `-m` or `-j`.',
  },
  'attached-value': {
    title: 'Value is attached to its option',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'For `-s`, `-d`, `-p`, `-i`, `-o` and `-j` iptables takes the whole word for the value: `-ptcp` asks for a protocol "-ptcp".',
    cure: 'Put a blank between the option and its value.',
  },
  'missing-value': {
    title: 'Option lacks its value',
    severity: 'error',
    layer: 'syntax',
    meaning: 'The option takes a value, and there is none.',
    cure: 'Add the value.',
  },
  'missing-option': {
    title: 'Extension lacks an option that it needs',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Most matches and targets mean nothing without one of their options: `-m mark` needs `--mark`, `-j DNAT` needs `--to-destination`.',
    cure: 'Add the option.',
  },
  'repeated-option': {
    title: 'Option is given twice',
    severity: 'error',
    layer: 'syntax',
    meaning: 'iptables takes each option once.',
    cure: 'Load the match again (`-m comment … -m comment …`) or write a second rule.',
  },
  'conflicting-options': {
    title: 'Options exclude each other',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Some options of a match or target cannot stand together: `--set` and `--rcheck` of `recent`, `--above` and `--upto` of a limit.',
    cure: 'Remove one of the two, or make two rules.',
  },
  'not-negatable': {
    title: 'Option cannot be negated',
    severity: 'error',
    layer: 'syntax',
    meaning: '`!` stands before an option that has no negation, or has none for several addresses.',
    cure: 'Remove the `!`.',
  },
  'misplaced-negation': {
    title: '“!” stands behind its option',
    severity: 'error',
    layer: 'syntax',
    meaning: 'iptables up to 1.4.2 took `--dport ! 80`. Since then the `!` stands before the option.',
    cure: 'Write the `!` before the option.',
  },
  'line-endings': {
    title: 'Lines end as on Windows',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'The file has CR LF line endings. They do not matter for reading it here, but iptables-restore takes the CR for a part of the last word.',
    cure: 'Change the line endings to LF before restoring the file.',
  },
  'missing-newline': {
    title: 'Last line is not ended',
    severity: 'error',
    layer: 'syntax',
    meaning: 'iptables-legacy-restore does not take COMMIT without a line ending; iptables-nft-restore does.',
    cure: 'Add a line ending behind the last COMMIT.',
  },
  'protocol-needed': {
    title: 'Protocol is missing or does not fit',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Ports, TCP flags and ICMP types exist only in some protocols, so the rule must name one with `-p` before.',
    cure: 'Name the protocol with `-p` before the option.',
  },
  'target-not-allowed': {
    title: 'Target is not allowed here',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Many targets work in some tables or from some hooks only: DNAT in nat from PREROUTING and OUTPUT, MASQUERADE in nat from POSTROUTING, REJECT in filter.',
    cure: 'Move the rule to a table and chain in which the target works.',
  },
  'match-not-allowed': {
    title: 'Match is not allowed here',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'Some matches exist only on part of a packet’s way: the sender’s user (`owner`) only on packets that this node makes, `-i` only where a packet comes in.',
    cure: 'Move the rule to a chain in which the match works, or remove the match.',
  },
  'wrong-family': {
    title: 'Belongs to the other IP version',
    severity: 'error',
    layer: 'syntax',
    meaning: 'The rules are for one IP version and the extension or value for the other.',
    cure: 'Use what the IP version of the rules has, or move the rule to the rules of the other.',
  },
  'bad-address': {
    title: 'Address is wrong',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'The value is no IP address. A host name is a warning: iptables looks it up once, while loading, and a dump never holds one.',
    cure: 'Write the address as `10.0.0.1`, `10.0.0.0/8` or `fd00::1`.',
  },
  'bad-mask': {
    title: 'Mask is wrong',
    severity: 'error',
    layer: 'syntax',
    meaning: 'A prefix length is 0 to 32 in IPv4 and 0 to 128 in IPv6; a mask is written like an address.',
    cure: 'Use a prefix length of 0 to 32 in IPv4, of 0 to 128 in IPv6.',
  },
  'bad-port': {
    title: 'Port is wrong',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A port is a number from 0 to 65535 or a service name; a range is `low:high`, with `-` in NAT targets. A service name that is not known here is a warning: iptables looks it up in its own `/etc/services`. So is a number above 65535 for UDP and conntrack, which iptables cuts.',
    cure: 'Use a number from 0 to 65535 or a range of them.',
  },
  'bad-probability': {
    title: 'Probability is wrong',
    severity: 'error',
    layer: 'syntax',
    meaning: 'A probability is a number from 0 to 1; the kernel keeps it in steps of 1/2147483648.',
    cure: 'Use a number from 0 to 1.',
  },
  'bad-value': {
    title: 'Value is wrong',
    severity: 'error',
    layer: 'syntax',
    meaning: 'The option does not take this value.',
    cure: 'Use a value that the option takes; the message names them.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
