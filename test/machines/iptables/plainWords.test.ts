/** Which words the index over a chain may trust without reading the rule: worked out from the whole catalogue. */
import { expect, test } from 'vitest';
import { dimensionOf, meaningOfOption } from '../../../src/machines/iptables/program/plainWords.ts';
import type { OptionDefinition } from '../../../src/rules/iptables/catalogue/definitions.ts';
import { matchDefinitions } from '../../../src/rules/iptables/catalogue/matches.ts';
import { findGeneralOption } from '../../../src/rules/iptables/catalogue/options.ts';
import { targetDefinitions } from '../../../src/rules/iptables/catalogue/targets.ts';

/** Every option of an extension by each name in full, with what it is filed by, or whether a text follows. */
const spelled = [
  ...matchDefinitions.flatMap(({ name, options }) => options.flatMap((option) => spellingsOf(name, option))),
  ...targetDefinitions.flatMap(({ options }) => options.flatMap((option) => spellingsOf('', option))),
];

function spellingsOf(match: string, option: OptionDefinition): { name: string; means: string }[] {
  const means = dimensionOf(match, option.name) ?? (option.kind === 'text' ? 'text' : 'other');
  return [option.name, ...option.aliases].map((name) => ({ name, means }));
}

test('a name that may also be short for something of another meaning is not trusted, every other is', () => {
  for (const { name, means } of spelled) {
    if (findGeneralOption(name) !== null) continue;
    const alike = spelled.every((other) => other.means === means || !other.name.startsWith(name));
    expect([name, meaningOfOption(name)]).toEqual([name, alike ? means : null]);
  }
});
