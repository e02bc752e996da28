import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import type { TextEdit } from 'vscode-languageserver-types';
import { canonicalEdits, formatEdits } from '../../src/language/format.ts';
import { finish } from '../../src/values/steps.ts';
import { type Fixture, fixture } from './fixture.ts';
import { whyNoJudge } from './rules/judge.ts';

function applied({ document, text }: Fixture, edits: readonly TextEdit[]): string {
  let changed = text;
  for (const { range, newText } of edits.toReversed()) {
    const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    changed = changed.slice(0, start) + newText + changed.slice(end);
  }
  return changed;
}

function formatted(text: string): string {
  const each = fixture(text);
  return applied(each, finish(formatEdits(each.document, null)));
}

function canonical(text: string): string {
  const each = fixture(text);
  return applied(each, finish(canonicalEdits(each.document, null)));
}

const messy = `*filter
:INPUT   ACCEPT [0:0]
:LONGER-NAME - [0:0]
-A INPUT   -p tcp  --dport 22   -j ACCEPT
-A LONGER-NAME -m comment --comment "two  blanks" -j ACCEPT
-A   INPUT -j LOG --log-prefix "a  b "

# a   note
-A INPUT -j DROP
-j ACCEPT   -A INPUT
COMMIT
`;

describe('formatting', () => {
  it('aligns what follows the chains of one stretch, and leaves words and quotes alone', () => {
    expect(formatted(messy)).toBe(`*filter
:INPUT ACCEPT [0:0]
:LONGER-NAME - [0:0]
-A INPUT       -p tcp --dport 22 -j ACCEPT
-A LONGER-NAME -m comment --comment "two  blanks" -j ACCEPT
-A INPUT       -j LOG --log-prefix "a  b "

# a   note
-A INPUT -j DROP
-j ACCEPT -A INPUT
COMMIT
`);
  });

  it('changes nothing the second time', () => {
    expect(formatted(formatted(messy))).toBe(formatted(messy));
  });

  it('of a range changes its lines alone', () => {
    const each = fixture(messy);
    const at = { line: 1, character: 3 };
    const found = applied(each, finish(formatEdits(each.document, { start: at, end: at })));
    expect(found).toBe(messy.replace(':INPUT   ACCEPT', ':INPUT ACCEPT'));
  });

  it.each([
    'Chain INPUT (policy ACCEPT)\ntarget     prot opt source   destination\nACCEPT     all  --  anywhere anywhere\n',
    'hello   world\n',
    '',
  ])('leaves what is no text of rules alone', (text) => {
    expect(formatted(text)).toBe(text);
    expect(canonical(text)).toBe(text);
  });

  it('writes rules as iptables-save would', () => {
    expect(
      canonical(
        '*filter\n-A INPUT -j ACCEPT --destination-port 80 --protocol tcp --source 10.0.0.1\nCOMMIT\n',
      ),
    ).toBe('*filter\n-A INPUT -j ACCEPT --destination-port 80 --protocol tcp --source 10.0.0.1\nCOMMIT\n');
    expect(
      canonical(
        '*filter\n-A INPUT -j ACCEPT --source 10.0.0.1 -p tcp -m tcp --destination-port 80\nCOMMIT\n',
      ),
    ).toBe('*filter\n-A INPUT -s 10.0.0.1 -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n');
  });
});

/** What iptables-save prints after loading a text, in a network namespace of its own. */
function loaded(text: string, backend: string): string {
  const script = `iptables-${backend}-restore && iptables-${backend}-save`;
  const done = spawnSync('unshare', ['--net', 'sh', '-c', script], { input: text, encoding: 'utf8' });
  return `${done.status} ${done.stderr}${done.stdout.replaceAll(/^#.*$/gm, '')}`;
}

/** Rules of `nfacct` load only where its counters are. */
function withoutCounters(text: string): string {
  return text.replaceAll(/^.*nfacct.*\n/gm, '');
}

describe.skipIf(whyNoJudge() !== null)('what is loaded', () => {
  const dumps = ['1.36.3/iptables-save-c.txt', '1.23.4/iptables-save.txt', 'docker/iptables-save.txt'].map(
    (name) =>
      [name, withoutCounters(readFileSync(new URL(`../dumps/${name}`, import.meta.url), 'utf8'))] as const,
  );

  it.each([...dumps, ['messy lines', messy.replace('-j ACCEPT   -A INPUT\n', '')] as const])(
    'stays the same when %s is formatted',
    (_name, text) => {
      for (const backend of ['nft', 'legacy']) {
        const before = loaded(text, backend);
        expect(before).toMatch(/^0 /);
        expect(loaded(formatted(text), backend)).toBe(before);
        expect(loaded(canonical(text), backend)).toBe(before);
      }
    },
    120_000,
  );
});
