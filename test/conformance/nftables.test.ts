/** Every listing of nft in the recordings is read without a problem, and written from its tree as nft wrote it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRulesetJson } from '../../src/rules/nftables/jsonParser.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { printRuleset } from '../../src/rules/nftables/printer.ts';
import { comparable } from '../rules/nftables/sameTree.ts';
import { squeezed } from '../rules/nftables/support.ts';
import { conformanceFolder, SKIP_REASON } from './snapshots.ts';

const folder = conformanceFolder === null ? null : join(conformanceFolder, 'nft');
const names =
  folder === null ? [] : readdirSync(folder).filter((name) => existsSync(join(folder, name, 'nft.txt')));

const WRITTEN = 'rules-as-written.nft';
const written = names.filter((name) => existsSync(join(folder ?? '', name, WRITTEN)));

/** Of iptables-nft's own rules, which nft 1.0.6 prints in no language. */
const asNative = (text: string): string =>
  text.replaceAll('meta mark set mark or 0x', 'meta mark set meta mark | 0x');

describe.skipIf(folder === null)(
  `listings of nft${folder === null ? ` (skipped: ${SKIP_REASON})` : ''}`,
  () => {
    it('are there', () => {
      expect(names.length).toBeGreaterThan(30);
    });

    it.each(names)('%s', (name) => {
      const text = readFileSync(join(folder ?? '', name, 'nft.txt'), 'utf8');
      const ruleset = parseRuleset(text);
      expect(ruleset.problems).toEqual([]);
      expect(ruleset.commands).toEqual([]);
      expect(squeezed(printRuleset(ruleset))).toBe(asNative(squeezed(text)));
    });

    it.each(names)('%s has the same tree in JSON', (name) => {
      const [text, json] = ['nft.txt', 'nft.json'].map((file) =>
        readFileSync(join(folder ?? '', name, file), 'utf8'),
      );
      const ruleset = parseRulesetJson(json ?? '');
      expect(ruleset.problems).toEqual([]);
      expect(comparable(ruleset)).toEqual(comparable(parseRuleset(text ?? '')));
    });

    it.each(written)('what %s was written as', (name) => {
      const text = readFileSync(join(folder ?? '', name, WRITTEN), 'utf8');
      expect(parseRuleset(text).problems).toEqual([]);
    });
  },
);
