import { savedRules } from '../rules/iptables/savedRules.ts';
import { defineCommand, type ExitCode, type Terminal } from './command.ts';
import { convertSpec } from './commands.ts';
import { type RulesGiven, rulesGiven } from './given.ts';
import type { Rules } from './readRules.ts';
import { tellUnread, useRules } from './useRules.ts';

/** `convert RULES` */
export const convertCommand = defineCommand<RulesGiven>({
  spec: convertSpec,
  read: rulesGiven,
  run: (given, terminal) => useRules(given, terminal, (rules) => convert(rules, terminal)),
});

function convert(rules: Rules, terminal: Terminal): ExitCode {
  tellUnread(rules, terminal);
  const { named } = rules;
  for (const { family, ruleset } of named) {
    if (named.length > 1) terminal.output.line(`# For ${family === 6 ? 'ip6tables' : 'iptables'}-restore`);
    terminal.output.write(savedRules(ruleset));
  }
  return 0;
}
