/** What hovers and completion say of kube-proxy's tables, by the catalog of the same text. */
import { describe, expect, it } from 'vitest';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { objectsOfFile } from '../../../src/kubeproxy/clusterObjects.ts';
import { Sources } from '../../../src/kubeproxy/sources.ts';
import { Habits } from '../../../src/language/completion/habits.ts';
import { readNames } from '../../../src/language/completion/knownNames.ts';
import { createIptablesLanguageService } from '../../../src/language/languageService.ts';
import { withNftables } from '../../../src/language/nftables/languageService.ts';
import { NftDocument } from '../../../src/language/nftables/nftDocument.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../../kubeproxy/dumps.ts';

const service = withNftables(
  createIptablesLanguageService({ links: null, trace: null, convert: null, lineFeeds: null }),
);
const text = dumpText('1.36.3-nftables', 'nft.txt') ?? '';
const objects = objectsOfFile(dumpText('1.36.3', 'objects.json') ?? '');

function opened(words = text): { document: NftDocument; analysis: ReturnType<typeof openAnalysis> } {
  const document = new NftDocument({ uri: 'file:///node-1/nft.txt', version: 1, text: words });
  const sources = new Sources([], null, document.nftText);
  return { document, analysis: openAnalysis({ sources, files: new Map(), objects }) };
}

const { document, analysis } = opened();

/** Of the word that begins behind `before`, in the first place of both; as it is shown. */
function hoverAt(before: string, word: string): string {
  const offset = text.indexOf(before + word) + before.length;
  const contents = service.hover(document, analysis, document.lines.positionAt(offset + 1))?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value.replaceAll('\\', '') : '';
}

describe('a hover of kube-proxy’s tables', () => {
  it.each([
    [
      'a chain of a Service',
      'goto ',
      'service-G5HJIGAW-shop/sticky/tcp/http',
      [
        '**shop/sticky:http** balances over',
        'ClusterIP 10.98.20.2:80/TCP',
        '10.244.1.38:8080',
        'chain `service-',
      ],
    ],
    [
      'an endpoint’s chain',
      'chain ',
      'endpoint-ISWAJHU4-shop/sticky/tcp/http__10.244.1.38/8080',
      ['**An endpoint of shop/sticky:http**', '`10.244.1.38:8080`'],
    ],
    [
      'the address of an element',
      ' ',
      '10.98.20.2 . tcp . 80 : goto',
      ['ClusterIP 10.98.20.2:80/TCP', 'of **shop/sticky:http**', '10.244.1.38:8080'],
    ],
    ['the port of an element', '10.98.20.2 . tcp . ', '80 : goto', ['of **shop/sticky:http**']],
    ['a node port', 'tcp . ', '30070 : goto', ['node port 30070/TCP', 'of **edge/sticky-np-local:http**']],
    [
      'a Service without endpoints',
      ' ',
      '10.103.164.201 . tcp . 80 comment',
      ['rejected: no endpoints', '**shop/no-endpoints:http**'],
    ],
    [
      'an address that is translated to',
      'dnat to ',
      '10.244.1.38:8080',
      ['`10.244.1.38` is ', 'an endpoint of shop/sticky:http'],
    ],
  ] as const)('names the Service of %s', (_, before, word, parts) => {
    const value = hoverAt(before, word);
    for (const part of parts) expect(value).toContain(part);
  });

  it('says of one endpoint what is its own', () => {
    expect(hoverAt('chain ', 'endpoint-ISWAJHU4-shop/sticky/tcp/http__10.244.1.38/8080')).not.toContain(
      '10.244.2.37',
    );
  });

  it('keeps what a field means', () => {
    expect(hoverAt('ip daddr . meta ', 'l4proto . th dport vmap')).not.toBe('');
  });
});

describe('completion of kube-proxy’s tables', () => {
  const names = finish(readNames(analysis));
  const labels = (words: string): readonly string[] => {
    const own = opened(text.replace('\tchain services {\n', `\tchain services {\n\t\t${words}\n`));
    const offset = own.document.text.indexOf(words) + words.length;
    const request = { ...own, offset, names, habits: new Habits() };
    return service.completions(request, false).items.map(({ label, detail }) => `${label} ${detail ?? ''}`);
  };

  it('says of whom a chain is', () => {
    const found = labels('goto ');
    expect(found).toContain('service-G5HJIGAW-shop/sticky/tcp/http shop/sticky:http');
    expect(found).toContain(
      'endpoint-ISWAJHU4-shop/sticky/tcp/http__10.244.1.38/8080 10.244.1.38/8080 of shop/sticky:http',
    );
  });

  it.each(['ip daddr ', 'ip saddr != ', 'dnat to '])('offers addresses of Services behind %s', (words) => {
    expect(labels(words)).toContainEqual(expect.stringMatching(/^10\.98\.20\.2 .*shop\/sticky/u));
    expect(labels('tcp dport ')).not.toContainEqual(expect.stringMatching(/^10\./u));
  });
});
