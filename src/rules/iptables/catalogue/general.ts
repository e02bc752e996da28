import { type OptionDefinition, option } from './definitions.ts';

/** The options that need no extension, with the one-letter name that iptables-save prints. */
export const generalOptions: readonly OptionDefinition[] = [
  option(
    '! -s',
    'addressList',
    'Where the packet comes from: an address, a network, or several with commas.',
    { aliases: ['--source', '--src'] },
  ),
  option('! -d', 'addressList', 'Where the packet goes to: an address, a network, or several with commas.', {
    aliases: ['--destination', '--dst'],
  }),
  option(
    '! -i',
    'interface',
    'The interface on which the packet came in; a trailing `+` stands for any ending.',
    {
      aliases: ['--in-interface'],
    },
  ),
  option(
    '! -o',
    'interface',
    'The interface through which the packet goes out; a trailing `+` stands for any ending.',
    {
      aliases: ['--out-interface'],
    },
  ),
  option('! -p', 'protocol', 'The transport protocol, by name or number; `all` or 0 is any.', {
    aliases: ['--protocol'],
  }),
  option('! -f', null, 'Second and further fragments of a packet, which carry no ports.', {
    aliases: ['--fragments'],
  }),
  option('-4', null, 'Only for IPv4: ip6tables-restore skips the rule.', { aliases: ['--ipv4'] }),
  option('-6', null, 'Only for IPv6: iptables-restore skips the rule.', { aliases: ['--ipv6'] }),
  option('-M', 'word', 'The program that loads kernel modules.', { aliases: ['--modprobe'] }),
  option('-v', null, 'Without effect in a dump.', { aliases: ['--verbose'] }),
  option('-c', 'counter', 'The packet and byte counters to start with.', {
    aliases: ['--set-counters'],
    values: 2,
  }),
];

/** What picks an extension or a chain: written in nodes of their own (`Match`, `Target`, `Rule.chain`). */
export const structuralOptions: readonly OptionDefinition[] = [
  option('-m', 'word', 'Loads a match extension; its options follow.', { aliases: ['--match'] }),
  option('-j', 'word', 'What happens to a packet that matches: a target or a chain.', {
    aliases: ['--jump'],
  }),
  option('-g', 'chain', 'Goes on in a chain that returns to the caller of this one.', {
    aliases: ['--goto'],
  }),
  option('-A', 'chain', 'Appends the rule to a chain.', { aliases: ['--append'] }),
  option('-I', 'chain', 'Inserts the rule into a chain, at its front or at the number given.', {
    aliases: ['--insert'],
  }),
  option('-D', 'chain', 'Deletes a rule by its number or by what it says.', { aliases: ['--delete'] }),
  option('-R', 'chain', 'Replaces the rule of this number.', { aliases: ['--replace'] }),
  option('-t', 'word', 'The table; only for commands, a dump has `*table` lines.', {
    aliases: ['--table'],
  }),
];
