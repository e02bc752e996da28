import { readFileSync } from 'node:fs';
import { MarkupContent } from 'vscode-languageserver-types';
import { describe, expect, it } from 'vitest';
import { hoverAt } from '../../src/language/hover/hover.ts';
import type { CommandLinks } from '../../src/language/links.ts';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import { Sources } from '../../src/kubeproxy/sources.ts';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';
import { cursorOf, type Fixture, fixture } from './fixture.ts';

const links: CommandLinks = {
  trace: ({ to }) => `command:trace?${encodeURIComponent(to)}`,
  diagnose: ({ service }) => `command:diagnose?${service}`,
  showInTree: ({ chain }) => `command:tree?${encodeURIComponent(chain)}`,
  openObject: ({ resource, namespace, name }) => `command:open?${resource}/${namespace}/${name}`,
  references: ({ line }) => `command:references?${line}`,
};

function hover(
  marked: Fixture,
  offset = cursorOf(marked),
  files = new Map<SnapshotFileName, string>(),
): string {
  const { document } = marked;
  const { ruleset, lines } = document;
  const sources = new Sources([{ file: 'iptables-save.txt', ruleset, lines }]);
  const analysis = openAnalysis({ sources, files });
  const contents = hoverAt({ document, analysis, links }, offset)?.contents;
  return MarkupContent.is(contents) ? contents.value : '';
}

function read(name: string): string {
  return readFileSync(new URL(`../dumps/1.36.3/${name}`, import.meta.url), 'utf8');
}

/** A hover without the line that its last link names. */
function bare(text: string): string {
  return text.replace(/references\?\d+/, '');
}

/** Markdown's backslashes taken away, for reading. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\\([^\w\s])/g, '$1');
}

describe('the hover on a real dump', () => {
  const marked = fixture(read('iptables-save-c.txt'));
  const files = new Map<SnapshotFileName, string>([['objects.json', read('objects.json')]]);
  const at = (words: string, nth: number): string =>
    plain(hover(marked, marked.text.indexOf(words) + nth, files));

  it('of a Service’s chain names it, its endpoints with shares and pods, and how it is reached', () => {
    const text = at(':KUBE-SVC-25FJTMN2OLOPNGWS', 3);
    expect(text).toContain('**shop/sticky:http** balances over 3 endpoints · `KUBE-SVC-25FJTMN2OLOPNGWS`');
    expect(text).toContain('| 33.3 % | `10.244.1.38:8080` | sticky-0 · node-1 | 0 |');
    expect(text).toContain('Reached by ClusterIP 10.98.20.2:80/TCP.');
    expect(text).toContain(
      'Session affinity: a client keeps its endpoint for 3 h, on this port of the Service alone.',
    );
    expect(text).toContain('[Trace a packet to it](command:trace?shop%2Fsticky%3Ahttp)');
    expect(text).toContain('[Diagnose it](command:diagnose?shop/sticky:http)');
    expect(text).toContain('[1 reference](command:references?');
  });

  it('of the same chain after -j and after -A is the same', () => {
    const declared = bare(at(':KUBE-SVC-25FJTMN2OLOPNGWS', 3));
    expect(bare(at('-j KUBE-SVC-25FJTMN2OLOPNGWS', 5))).toBe(declared);
    expect(bare(at('-A KUBE-SVC-25FJTMN2OLOPNGWS', 5))).toBe(declared);
  });

  it('of a probability says what share it is', () => {
    const half = marked.text.indexOf('--probability 0.50000000000');
    expect(plain(hover(marked, half + 3, files))).toMatch(
      /^Takes 1 of 2 packets that get here, (33\.3|50\.0) % of all for this Service\./,
    );
  });

  it('of a mark calls it by its name', () => {
    expect(at('--set-xmark 0x4000/0x4000', 3)).toContain('Sets the masquerade mark (bit 14).');
    expect(at('--mark 0x4000/0x4000', 3)).toContain('has the masquerade mark (bit 14)');
    expect(at('--mark 0x4000/0x4000', 3)).toContain(
      '| `0x4000` | kube-proxy | sets | KUBE-MARK-MASQ 1 (nat) |',
    );
  });

  it('of an address says who has it', () => {
    expect(at('-d 10.98.20.2/32', 6)).toContain('`10.98.20.2` is the ClusterIP of shop/sticky:http.');
    expect(at('--to-destination 10.244.1.38:8080', 20)).toContain('sticky-0');
  });

  it('of a rule says it in words', () => {
    const rule = marked.text.indexOf('[0:0] -A KUBE-FORWARD');
    expect(plain(hover(marked, rule + 1, files))).toMatch(
      /^\*\*Rule 1\*\* of `KUBE-FORWARD` in table filter/,
    );
  });

  it('of a match or target says what it is for', () => {
    expect(at('-m conntrack', 5)).toContain('**conntrack** · match');
    expect(at('-j MASQUERADE', 5)).toContain('**MASQUERADE** · target');
  });
});

describe('the hover on chains that are not kube-proxy’s', () => {
  it('says what jumps there and whose it looks like', () => {
    const text = readFileSync(new URL('../dumps/docker/iptables-save.txt', import.meta.url), 'utf8');
    const marked = fixture(text);
    const found = plain(hover(marked, text.indexOf(':DOCKER-USER') + 3));
    expect(found).toContain('`DOCKER-USER`');
    expect(found).toContain('Docker');
    expect(found).toContain('FORWARD rule 1');
  });
});

function hoverInRule(rest: string): string {
  return hover(fixture(`*nat\n:X - [0:0]\n-A X ${rest} -j ACCEPT\nCOMMIT\n`));
}

describe('an option says what it does here', () => {
  it('a list of recent', () => {
    expect(hoverInRule('-m recent <|>--rcheck --seconds 60 --name L')).toContain(
      'put on the list `L` within the last 60 seconds',
    );
  });

  it('a port, and its documentation as it is meant', () => {
    expect(hoverInRule('-p tcp -m tcp <|>--dport 80')).toContain('Takes packets to port `80`.');
    expect(hoverInRule('-m addrtype <|>--dst-type LOCAL')).toContain(
      '; `LOCAL` is any address of this host.',
    );
  });
});

describe('what stands in a dump', () => {
  const hostile = [
    '[click](command:evil)',
    '<img src=x onerror=alert(1)>',
    '![x](https://evil.example/x.png)',
    '`code` **bold** | cell',
    'https://evil.example www.evil.example a@evil.example',
    '$(zap) &lt;b&gt; ~~x~~ # h',
    '\u202egnp.exe',
    '</td><script>',
    '`'.repeat(7),
  ];

  it.each(hostile)('%s stays text in a comment', (text) => {
    const comment = text.replaceAll('"', '');
    const marked = fixture(`*nat\n:X - [0:0]\n<|>-A X -m comment --comment "${comment}" -j ACCEPT\nCOMMIT\n`);
    const markdown = hover(marked);
    expect(markdown).not.toMatch(/(?<!\\)[[<!](?![\w ])/);
    expect(markdown).not.toMatch(/<\w|\]\(|(?<!\\):\/\/|(?<!\\)@|www\.|\u202e/);
    expect(markdown).toContain('Rule 1');
  });

  it.each(['[x](command:evil)', '<img/src=x>', 'a|b', '`a`', '*b*'])(
    '%s stays text as a chain’s name',
    (name) => {
      const marked = fixture(`*nat\n:<|>${name} - [0:0]\n-A OUTPUT -j ${name}\nCOMMIT\n`);
      const markdown = hover(marked);
      const withoutCode = markdown.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/gs, '');
      const withoutOurLinks = withoutCode.replaceAll(
        /\[[\w ]+\]\(command:(?:trace|tree|references)\?[^)\s]*\)/g,
        '',
      );
      expect(withoutOurLinks).not.toMatch(/(?<!\\)\]\(|<\w|command:evil/);
    },
  );
});
