import { describe, expect, it } from 'vitest';
import { signatureHelpAt } from '../../src/language/signatureHelp.ts';
import { cursorOf, fixture } from './fixture.ts';

describe('signature help', () => {
  it.each([
    ['-A X -m set --match-set <|>', '--match-set SET src|dst,…', 0],
    ['-A X -m set --match-set allowed s<|>', '--match-set SET src|dst,…', 1],
    ['-A X -p tcp --tcp-flags SYN,RST <|>', '--tcp-flags LOOKED-AT SET', 1],
    ['-A X -j SET --add-set <|>', '--add-set SET src|dst,…', 0],
    ['-A X -p sctp --chunk-types any <|>', '--chunk-types any|all|only CHUNKS', 1],
    ['-A X -c 1 <|>', '-c PACKETS BYTES', 1],
  ])('of %s', (line, label, active) => {
    const marked = fixture(`*filter\n:X - [0:0]\n${line}\nCOMMIT\n`);
    const help = signatureHelpAt(marked.document, cursorOf(marked));
    expect(help?.signatures[0]?.label).toBe(label);
    expect(help?.activeParameter).toBe(active);
  });

  it.each(['-A X -s <|>', '-A X -m set --match-set a src <|>', '-A X -m set --match-set<|>', '# <|>'])(
    'is not there at %s',
    (line) => {
      const marked = fixture(`*filter\n:X - [0:0]\n${line}\nCOMMIT\n`);
      expect(signatureHelpAt(marked.document, cursorOf(marked))).toBeNull();
    },
  );
});
