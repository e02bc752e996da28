/** What is done to texts of others before a place of VS Code gets them that reads more than text. */
import * as assert from 'node:assert/strict';
import { inMessage, inPick, inStatus, visible } from '../../src/extension/plainText.ts';
import { Suite } from './runner.ts';

export const plainText = new Suite('texts of others');

plainText.test('a row is one line, in which nothing is hidden', () => {
  assert.equal(visible('a\n\u001b[31m\u202eb'), 'a␊␛[31m�b');
});

plainText.test('a message links to nothing', () => {
  assert.equal(inMessage('[x](command:y)'), '[x] (command:y)');
});

plainText.test('a pick has no icons of others', () => {
  assert.equal(inPick('$(flame)'), String.raw`\$(flame)`);
});

plainText.test('the language status has neither links nor icons of others', () => {
  assert.equal(inStatus('[x](command:y) $(flame)\n'), String.raw`[x] (command:y) \$(flame)␊`);
});
