import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Option } from '../../rules/iptables/nodes.ts';
import type { Family } from '../../values/address.ts';
import type { TableScope } from './tableScope.ts';

/** Reports a reason to reject with that exists for the other IP version only; true where it did. */
export function checkRejectFamily({ family, reporter }: TableScope, option: Option, value: string): boolean {
  const word = option.values[0];
  const { definition } = option;
  if (family === null || word === undefined || definition === null) return false;
  if (knows(definition, family, value) || !knows(definition, family === 4 ? 6 : 4, value)) return false;
  const isReset = /^t/i.test(value);
  const cure = isReset ? 'Use tcp-reset.' : `Use ${family === 4 ? 'icmp' : 'icmp6'}-port-unreachable.`;
  reporter.report('wrong-family', word, { name: value, family, cure });
  return true;
}

/** Any of its names may be cut short. */
function knows({ familyKeywords }: OptionDefinition, family: Family, value: string): boolean {
  return familyKeywords?.[family].some((name) => name.startsWith(value.toLowerCase())) === true;
}
