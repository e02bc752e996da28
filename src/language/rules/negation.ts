import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Option, Word } from '../../rules/iptables/nodes.ts';
import type { Fix } from '../../kubeproxy/findings/finding.ts';
import { isAnyProtocol } from './protocolNeeded.ts';
import type { TableScope } from './tableScope.ts';

/** Checks the `!` of an option: whether it may have one, and stands where it should. */
export function checkNegation(
  { reporter }: TableScope,
  option: Option,
  negation: Word,
  definition: OptionDefinition,
): void {
  const name = option.name.text;
  if (!definition.negatable) {
    reporter.report('not-negatable', negation, { option: name, why: '' });
  } else if (negation.start > option.name.start) {
    reporter.report(
      'misplaced-negation',
      negation,
      { option: name },
      { fixes: [moveForward(option, negation)] },
    );
  } else if (definition.kind === 'addressList' && option.values[0]?.text.includes(',') === true) {
    const side = definition.name === '-s' ? 'src' : 'dst';
    const cure = `Put them into a set: "-m set ! --match-set NAME ${side}". Without the "!" the rule means the opposite.`;
    reporter.report('not-negatable', negation, { option: name, why: 'with several addresses', cure });
  } else if (definition.name === '-p' && isAnyProtocol(option.values[0]?.text ?? '')) {
    reporter.report('not-negatable', negation, { option: name, why: 'where it means every protocol' });
  }
}

function moveForward(option: Option, negation: Word): Fix {
  const value = option.values[0]?.start ?? negation.end;
  const before = { start: option.name.start, end: option.name.start };
  return {
    title: `Put "!" before ${option.name.text}`,
    changes: [
      { span: before, newText: '! ' },
      { span: { start: negation.start, end: value }, newText: '' },
    ],
    preferred: true,
    certain: true,
  };
}
