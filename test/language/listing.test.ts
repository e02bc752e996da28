/** The features of the editor on a listing of iptables -L. */
import type { Range } from 'vscode-languageserver-types';
import { describe, expect, it } from 'vitest';
import { codeActions } from '../../src/language/codeActions.ts';
import { completionsAt } from '../../src/language/completion/completion.ts';
import { habitsOf } from '../../src/language/completion/habits.ts';
import { readNames } from '../../src/language/completion/knownNames.ts';
import { diagnosticsOf, findingsOf } from '../../src/language/diagnostics.ts';
import { foldingRanges } from '../../src/language/folding.ts';
import { hoverAt } from '../../src/language/hover/hover.ts';
import { definitionAt, referencesAt } from '../../src/language/navigation.ts';
import type { RulesDocument } from '../../src/language/rulesDocument.ts';
import { semanticTokensLegend } from '../../src/language/ruleTokens.ts';
import { semanticTokens } from '../../src/language/semanticTokens.ts';
import { documentSymbols } from '../../src/language/symbols.ts';
import { rulesText, Sources } from '../../src/kubeproxy/sources.ts';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import { savedRules } from '../../src/rules/iptables/savedRules.ts';
import { LineIndex } from '../../src/text/lineIndex.ts';
import { finish } from '../../src/values/steps.ts';
import { fixture } from './fixture.ts';

const listing = `Chain PREROUTING (policy ACCEPT)
target     prot opt source               destination
<|KUBE-<|>SERVICES|>  all  --  anywhere             anywhere             /* kubernetes service portals */

Chain <|KUBE-SERVICES|> (1 references)
target     prot opt source               destination
KUBE-SVC-CARTCARTCARTCART  tcp  -- !10.244.0.0/16        10.96.7.7            /* shop/cart:http cluster IP */ tcp dpt:http

Chain KUBE-SVC-CARTCARTCARTCART (1 references)
target     prot opt source               destination
KUBE-SEP-AONEAONEAONEAONE  all  --  anywhere             anywhere             /* shop/cart:http -> 10.244.1.5:8080 */

Chain KUBE-SEP-AONEAONEAONEAONE (1 references)
target     prot opt source               destination
DNAT       tcp  --  anywhere             anywhere             /* shop/cart:http */ tcp to:10.244.1.5:8080
`;

const given = fixture(listing, 'file:///listing.txt');
const { document } = given;
const lines = new LineIndex(given.text);
const [cursor = 0] = given.cursors;
/** An offset of the fixture as one of the rules. */
const at = (offset: number): number => document.offsetAt(lines.positionAt(offset));
const words = (range: Range): string =>
  given.text.slice(lines.offsetAt(range.start), lines.offsetAt(range.end));

function analysisOf({ text }: RulesDocument): ReturnType<typeof openAnalysis> {
  const opened = rulesText('iptables-save.txt', text);
  return openAnalysis({ sources: new Sources([opened], opened), files: new Map() });
}

describe('a listing in the editor', () => {
  it('has a definition of each chain, and references', () => {
    expect(words(definitionAt(document, at(cursor))?.range ?? document.rangeOf({ start: 0, end: 0 }))).toBe(
      'KUBE-SERVICES',
    );
    const { locations } = referencesAt(document, at(cursor), { withDeclaration: true, limit: 9 });
    expect(locations.map(({ range }) => words(range))).toEqual(['KUBE-SERVICES', 'KUBE-SERVICES']);
  });

  it('has an outline and folds', () => {
    const [table] = finish(documentSymbols(document, null));
    expect(table?.name).toBe('nat');
    expect(table?.children?.map(({ name }) => name)).toContain('PREROUTING');
    expect(table?.children?.map(({ selectionRange }) => words(selectionRange))).toContain('KUBE-SERVICES');
    expect(finish(foldingRanges(document))).toContainEqual({ startLine: 0, endLine: 14 });
  });

  it('has every word of a row coloured, once and in order', () => {
    const data = finish(semanticTokens(document, null)) ?? [];
    const found: string[] = [];
    let [line, character] = [0, 0];
    for (let index = 0; index < data.length; index += 5) {
      const [down = 0, right = 0, length = 0, type = 0] = data.slice(index, index + 4);
      character = down === 0 ? character + right : right;
      line += down;
      const start = lines.offsetAt({ line, character });
      if (line === 6)
        found.push(
          `${semanticTokensLegend.tokenTypes[type] ?? ''} ${given.text.slice(start, start + length)}`,
        );
    }
    expect(found).toEqual([
      'function KUBE-SVC-CARTCARTCARTCART',
      'enumMember tcp',
      'operator !',
      'number 10.244.0.0/16',
      'number 10.96.7.7',

      'string shop/cart:http cluster IP',
      'type tcp',
      'property dpt',
      'number http',
    ]);
  });

  it('tells of a Service in a hover', () => {
    const hover = hoverAt(
      { document, analysis: analysisOf(document), links: null },
      at(given.text.indexOf('KUBE-SVC-CART') + 3),
    );
    expect(JSON.stringify(hover?.contents)).toContain('balances over 1 endpoint');
    expect(words(hover?.range ?? document.rangeOf({ start: 0, end: 0 }))).toBe('KUBE-SVC-CARTCARTCARTCART');
  });

  it('is told once what it does not show, and has no errors of iptables-restore', () => {
    const { items } = diagnosticsOf(document, findingsOf(document), new Map());
    expect(items.map(({ code, range }) => [code, range.start.line])).toEqual([
      ['listing', 0],
      ['part-of-dump', 0],
    ]);
    expect(items[0]?.message).toContain('interfaces');
  });

  it('is completed by nothing', () => {
    const names = finish(readNames(analysisOf(document)));
    const request = { document, analysis: null, habits: habitsOf(document), names, offset: at(cursor) };
    expect(completionsAt(request, true).items).toEqual([]);
  });

  it('is converted to rules, with what was assumed as comments', () => {
    const convert = { command: 'convert', argument: (uri: string) => ({ uri }) };
    const range = { start: lines.positionAt(0), end: lines.positionAt(0) };
    const titles = finish(
      codeActions(document, { range, only: null, levels: new Map() }, { convert, lineFeeds: null }),
    );
    expect(titles).toMatchObject([{ title: 'Convert Listing to Rules', command: { command: 'convert' } }]);
    const { ruleset } = document;
    const saved = ruleset.listing === null ? '' : savedRules(ruleset);
    expect(saved).toBe(`# Rules of a listing of iptables -L
# The rules are from a listing without -v, which shows no interfaces: that those followed here ask for none is assumed.
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-CARTCARTCARTCART - [0:0]
:KUBE-SEP-AONEAONEAONEAONE - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES ! -s 10.244.0.0/16 -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-CARTCARTCARTCART
-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j KUBE-SEP-AONEAONEAONEAONE
-A KUBE-SEP-AONEAONEAONEAONE -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
COMMIT
`);
  });
});
