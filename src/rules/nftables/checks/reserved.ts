/** Names that nft reads as something else, and values that are words of its own. */
import { reservedValues, reservedWords } from '../catalogue/reserved.ts';
import type { Element, Word } from '../expressions.ts';
import type { Ruleset } from '../nodes.ts';
import type { Statement } from '../statements.ts';
import { rulesIn } from '../rulesIn.ts';
import { eachExpression } from '../walk.ts';
import { partsOf } from './parts.ts';
import type { Problems } from './problem.ts';

export function checkReserved(ruleset: Ruleset, problems: Problems): void {
  const check = (word: Word, what: string): void => checkName(ruleset.text, word, what, problems);
  for (const { name } of ruleset.defines) check(name, 'define');
  for (const part of partsOf(ruleset)) {
    check(part.tableWord, 'table');
    for (const { name, base } of part.chains) {
      check(name, 'chain');
      for (const device of base?.devices ?? []) checkDevice(ruleset.text, device, problems);
    }
    for (const word of part.bareChains) check(word, 'chain');
    for (const { name, kind } of part.sets) check(name, kind);
    for (const { name, type } of part.objects) check(name, type);
    for (const { name } of part.flowtables) check(name, 'flowtable');
    for (const { elements } of part.sets) {
      for (const element of elements) checkValues(ruleset.text, element, problems);
    }
  }
  for (const { statements } of rulesIn(ruleset)) {
    for (const statement of statements) {
      if (statement.kind === 'verdict' && statement.target !== null) check(statement.target, 'chain');
      checkValues(ruleset.text, statement, problems);
    }
  }
}

function checkValues(text: string, node: Statement | Element, problems: Problems): void {
  eachExpression(node, (expression) => {
    if (expression.kind === 'value' && !expression.quoted) checkSymbol(text, expression, problems);
  });
}

/** A word of a value. What a define stands for is looked at there. */
function checkSymbol(text: string, word: Word, problems: Problems): void {
  const isReserved = reservedWords.has(word.text) && !reservedValues.has(word.text);
  if (isReserved && !word.quoted && text.startsWith(word.text, word.start))
    problems.add('nft-syntax', word, `nft reads ${word.text} as a word of its own, and as no value.`);
}

function checkDevice(text: string, word: Word, problems: Problems): void {
  if (reservedWords.has(word.text) && !word.quoted && text.startsWith(word.text, word.start))
    problems.add('nft-syntax', word, `nft reads ${word.text} as a word of its own: write it in quotes.`);
}

function checkName(source: string, word: Word, what: string, problems: Problems): void {
  const { text, quoted, start, end } = word;
  if (source.startsWith('$', start)) return;
  if (quoted) problems.add('nft-syntax', word, `The name of a ${what} has no quotes.`);
  else if (reservedWords.has(text))
    problems.add('nft-syntax', word, `nft reads ${text} as a word of its own: no ${what} can be called so.`);
  else if (end > start && /^(?:\d+|0x[\da-f]+|[^\w.].*)$/iu.test(text))
    problems.add('nft-syntax', word, `${text} cannot be the name of a ${what}.`);
}
