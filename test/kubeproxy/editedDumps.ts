import { expect } from 'vitest';
import { CompactRuleset } from '../../src/rules/iptables/compact/compactRuleset.ts';
import type { Ruleset } from '../../src/rules/iptables/nodes.ts';
import { parseEdited, parseRuleset } from '../../src/rules/iptables/parser.ts';
import { replaceParts } from '../../src/text/offsetMap.ts';
import { RandomEdits } from '../language/edits/randomEdits.ts';
import { Random } from '../language/rules/validate/random.ts';

/** Expects that `told` says the same of a dump’s text by lines as rule by rule, when it is opened and after each of many edits. */
export function expectSameByLines(text: string, told: (ruleset: Ruleset) => unknown): void {
  const random = new Random(20_261_130);
  const edits = new RandomEdits(random);
  let ruleset = parseRuleset(text);
  expectAsRead(ruleset, told, 'opened');
  let byLines = 0;
  for (let round = 0; round < 40; round++) {
    const edit = edits.next(ruleset.text);
    const edited = parseEdited(ruleset, replaceParts(ruleset.text, edit).text, edit);
    // What is read from the beginning takes nothing along.
    if (!(edited instanceof CompactRuleset)) {
      edits.stop();
      continue;
    }
    ruleset = edited;
    byLines++;
    expectAsRead(ruleset, told, JSON.stringify(edit).slice(0, 300));
  }
  expect(byLines).toBeGreaterThan(15);
}

/** The same rules are read word by word where a line begins with a blank. */
function expectAsRead(ruleset: Ruleset, told: (ruleset: Ruleset) => unknown, seen: string): void {
  const plain = parseRuleset(` \n${ruleset.text}`);
  expect(plain).not.toBeInstanceOf(CompactRuleset);
  expect(told(ruleset), seen).toEqual(told(plain));
}
