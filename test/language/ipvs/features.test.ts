import { describe, expect, it } from 'vitest';
import { createIptablesLanguageService } from '../../../src/language/languageService.ts';
import { withIpvs } from '../../../src/language/ipvs/languageService.ts';
import { IpvsDocument } from '../../../src/language/ipvs/ipvsDocument.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { Habits } from '../../../src/language/completion/habits.ts';
import { NO_NAMES } from '../../../src/language/completion/knownNames.ts';
import { semanticTokensLegend } from '../../../src/language/ruleTokens.ts';
import { finish } from '../../../src/values/steps.ts';

const service = withIpvs(
  createIptablesLanguageService({ links: null, trace: null, convert: null, lineFeeds: null }),
);

const saved = `# of node-1
-A -t 10.96.12.3:80 -s rr -p 600
-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1
-a -t 10.96.12.3:80 -r 10.244.2.7:8080 -m -w 0
-A -t 203.0.113.9:80 -s wlc
-a -t 203.0.113.9:80 -r 10.244.1.5:8080 -g -w 3
-a -t 203.0.113.9:80 -r 10.244.2.9:8080 -i -w 1 -x 100
-A -u 10.96.0.10:53 -s strange -b flag-1 -o
`;

const listed = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.12.3:80 rr persistent 600
  -> 10.244.1.5:8080              Masq    1      7          1200
IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:54  ESTABLISHED 10.0.0.1:40000     10.96.12.3:80      10.244.1.5:8080
TCP 10:00  NONE        10.0.0.1:0         10.96.12.3:80      10.244.1.5:8080
`;

const objects = JSON.stringify({
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'web' },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.12.3',
        clusterIPs: ['10.96.12.3'],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        namespace: 'shop',
        name: 'web-1',
        labels: { 'kubernetes.io/service-name': 'web' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: ['10.244.1.5'],
          conditions: { ready: true },
          nodeName: 'node-1',
          targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-0' },
        },
      ],
    },
  ],
});

function open(text: string, isWithObjects = true): ReturnType<typeof analysisOfFiles> {
  const files = new Map([['ipvsadm-save.txt', text] as const]);
  return analysisOfFiles(isWithObjects ? new Map([...files, ['objects.json', objects] as const]) : files);
}

function documentOf(text: string): IpvsDocument {
  return new IpvsDocument({ uri: 'file:///node-1/ipvsadm-save.txt', version: 1, text });
}

function hoverAt(text: string, line: number, isWithObjects = true): string {
  const position = { line, character: 4 };
  const contents = service.hover(documentOf(text), open(text, isWithObjects), position)?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

describe('a hover', () => {
  it.each([
    [
      saved,
      1,
      [
        '**shop/web:http** · `TCP 10.96.12.3:80`'.replace('shop/web:http', String.raw`shop\/web\:http`),
        'web\\-0 · node\\-1',
        'Scheduler `rr`: the servers get new connections in turn',
        'keeps its server at each virtual server for 600 s',
      ],
    ],
    [
      saved,
      2,
      [
        'a server of `TCP 10.96.12.3:80`',
        'It is the pod shop\\/web\\-0 on node\\-1\\: ready',
        'Weight 1; all servers here together have 1.',
        'masquerading',
      ],
    ],
    [saved, 3, ['Weight 0: it gets no new connections']],
    [saved, 4, ['Scheduler `wlc`: a new connection goes to the server that has the fewest for its weight']],
    [saved, 5, ['Weight 3; all servers here together have 4.', 'direct routing']],
    [saved, 6, ['IP in IP', 'With 100 connections it is overloaded']],
    [
      saved,
      7,
      [
        'It has no servers: IPVS refuses its connections.'.replaceAll(/[:.]/g, String.raw`\$&`),
        'Scheduler `strange` (`flag-1`): a scheduler that is not known here',
        'Each packet is scheduled by itself',
      ],
    ],
    [listed, 4, ['When this was listed it had 7 active connections and 1,200 others.']],
    [
      listed,
      7,
      ['**`10.0.0.1:40000`**', 'kept at `10.244.1.5:8080`; state `ESTABLISHED`. It ends after 894 s'],
    ],
    [
      listed,
      8,
      [
        'Persistence: new connections of this client to `TCP 10.96.12.3:80` go to `10.244.1.5:8080`. It ends after 10 min',
      ],
    ],
  ])('in %#', (text, line, parts) => {
    const value = hoverAt(text, line);
    for (const part of parts) expect(value).toContain(part);
  });

  it('says nothing of comments, titles and lines that are not read', () => {
    expect([
      hoverAt(saved, 0),
      hoverAt(listed, 0),
      hoverAt(listed, 2),
      hoverAt('-A -t web:http\n', 0),
    ]).toEqual(['', '', '', '']);
  });

  it('makes no markup of what a line holds', () => {
    const text = '-A -t 10.96.12.3:80 -s rr](command:x) -b `**[a](b)\n';
    expect(hoverAt(text, 0)).toContain('Scheduler `rr](command:x)` (``');
  });
});

describe('the outline', () => {
  it('is by virtual server, called by its Service', () => {
    const symbols = finish(service.symbols(documentOf(saved), open(saved)));
    expect(
      symbols.map(({ name, detail, children }) => [name, detail, children?.map((each) => each.name)]),
    ).toEqual([
      ['shop/web:http TCP 10.96.12.3:80', 'rr · 2 servers', ['10.244.1.5:8080', '10.244.2.7:8080']],
      ['shop/web:http TCP 203.0.113.9:80', 'wlc · 2 servers', ['10.244.1.5:8080', '10.244.2.9:8080']],
      ['UDP 10.96.0.10:53', 'strange · 0 servers', []],
    ]);
    expect(symbols[0]?.children?.map(({ detail }) => detail)).toEqual(['web-0 · weight 1', 'weight 0']);
    expect(symbols.map(({ range }) => [range.start.line, range.end.line])).toEqual([
      [1, 3],
      [4, 6],
      [7, 7],
    ]);
  });

  it('has names of virtual servers where no objects are', () => {
    const names = finish(service.symbols(documentOf(saved), open(saved, false))).map(({ name }) => name);
    expect(names).toEqual(['TCP 10.96.12.3:80', 'TCP 203.0.113.9:80', 'UDP 10.96.0.10:53']);
    expect(finish(service.symbols(documentOf(saved), null)).map(({ name }) => name)).toEqual(names);
  });

  it('has each virtual server once, where several listings follow each other', () => {
    const symbols = finish(service.symbols(documentOf(saved + listed), null));
    expect(symbols.map(({ name }) => name)).toEqual([
      'TCP 10.96.12.3:80',
      'TCP 203.0.113.9:80',
      'UDP 10.96.0.10:53',
    ]);
  });

  it('leads to Services by their names', () => {
    const found = service.workspaceSymbols(documentOf(saved), open(saved), 'shop web');
    expect(
      found.map(({ name, location }) => [name, 'range' in location && location.range.start.line]),
    ).toEqual([['shop/web:http', 1]]);
  });
});

it('virtual servers with servers fold', () => {
  expect(finish(service.folds(documentOf(saved)))).toEqual([
    { startLine: 1, endLine: 3 },
    { startLine: 4, endLine: 6 },
  ]);
});

it('nothing else is offered, and nothing is edited', () => {
  const document = documentOf(saved);
  expect(finish(service.findings(document))).toEqual([]);
  expect(finish(service.format(document, null))).toEqual([]);
  expect(service.definition(document, { line: 1, character: 4 })).toBeNull();
});

it('an edit is of the same language', () => {
  const edited = documentOf(saved).edited(2, [{ start: 0, end: saved.length, newText: listed }]);
  expect(edited).toBeInstanceOf(IpvsDocument);
  expect(edited.text).toBe(listed);
});

describe('completion', () => {
  it.each([
    ['<|>', ['-A', '-a'], ['-s']],
    ['-A -t 10.96.12.9:80 -s <|>', ['rr', 'wlc', 'mh'], ['-p']],
    ['-A -t 10.96.12.9:80 <|>', ['-s', '-p'], ['-t', '-u', '-r', '-w']],
    ['-A -t 10.96.12.9:80 -s mh -b <|>', ['mh-port'], ['-p']],
    ['-a -t <|>', ['10.96.12.3:80', '203.0.113.9:80'], ['10.96.0.10:53', '-r']],
    ['-a -t 10.96.12.3:80 -r 10.244.1.9:8080 -m <|>', ['-w', '-x'], ['-g', '-i', '-m', '-s']],
    ['-a -t 10.96.12.3:80 -r <|>', [], ['-w']],
    ['# <|>', [], ['-A']],
  ])('of %s', (line, offered, not) => {
    const text = `${saved}${line}`;
    const offset = text.indexOf('<|>');
    const request = {
      document: documentOf(text.replace('<|>', '')),
      analysis: null,
      habits: new Habits(),
      names: NO_NAMES,
      offset,
    };
    const labels = service.completions(request, false).items.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(offered));
    for (const word of not) expect(labels).not.toContain(word);
  });
});

describe('colours', () => {
  it.each([
    [
      saved,
      1,
      [
        'keyword -A',
        'property -t',
        'number 10.96.12.3:80',
        'property -s',
        'enumMember rr',
        'property -p',
        'number 600',
      ],
    ],
    [
      listed,
      3,
      ['keyword TCP', 'number 10.96.12.3:80', 'enumMember rr', 'property persistent', 'number 600'],
    ],
    [
      listed,
      4,
      ['operator ->', 'number 10.244.1.5:8080', 'keyword Masq', 'number 1', 'number 7', 'number 1200'],
    ],
    [saved, 0, []],
  ])('are those of the words of a line', (text, at, words) => {
    const document = documentOf(text);
    const data = finish(service.semanticTokens(document, null)) ?? [];
    const found: string[] = [];
    let [line, character] = [0, 0];
    for (let index = 0; index < data.length; index += 5) {
      const [down = 0, along = 0, length = 0, type = 0] = data.slice(index, index + 4);
      character = down === 0 ? character + along : along;
      line += down;
      const start = document.offsetAt({ line, character });
      const word = text.slice(start, start + length);
      if (line === at) found.push(`${semanticTokensLegend.tokenTypes[type] ?? ''} ${word}`);
    }
    expect(found).toEqual(words);
  });
});
