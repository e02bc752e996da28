import type { Option, Rule } from '../../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';

/** A rule in one line, for tests: `[! -s=10.0.0.0/8] tcp(--dport=80) *udp(…) jump DNAT(…) ?[--unknown]`; `*` is implicit. */
export function describeRule(rule: Rule): string {
  const parts: string[] = [];
  if (rule.general.length > 0) parts.push(`[${describeOptions(rule.general)}]`);
  for (const match of rule.matches) {
    parts.push(`${match.implicit ? '*' : ''}${match.name.text}(${describeOptions(match.options)})`);
  }
  if (rule.target !== null) {
    const { kind, name, options } = rule.target;
    parts.push(`${kind} ${name.text}${options.length > 0 ? `(${describeOptions(options)})` : ''}`);
  }
  if (rule.unknown.length > 0) parts.push(`?[${describeOptions(rule.unknown)}]`);
  return parts.join(' ');
}

function describeOptions(options: readonly Option[]): string {
  return options
    .map(({ negation, definition, name, values }) => {
      const words = values.map((word) => word.text).join(' ');
      return `${negation === null ? '' : '! '}${definition?.name ?? name.text}${words === '' ? '' : `=${words}`}`;
    })
    .join(' ');
}

/** The only rule of a filter table that holds `line`. */
export function ruleOf(line: string): Rule {
  const rule = parseRuleset(`*filter\n${line}\nCOMMIT\n`).statements.find(
    (statement) => statement.kind === 'rule',
  );
  if (rule === undefined) throw new Error(`no rule: ${line}`);
  return rule;
}
