/** What an editor has of findings of a node between an edit and the answer to it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CancellationTokenSource, type PublishDiagnosticsParams } from 'vscode-languageserver';
import { findingsOfNode } from '../../src/kubeproxy/findings/ofNode.ts';
import type { Finding } from '../../src/kubeproxy/findings/finding.ts';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import { Sources } from '../../src/kubeproxy/sources.ts';
import { createIptablesLanguageService } from '../../src/language/languageService.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';
import { DocumentProblems } from '../../src/server/documentProblems.ts';
import { EditClock } from '../../src/server/editClock.ts';
import { Facts } from '../../src/server/facts.ts';
import { findingsBefore, keepFindings } from '../../src/server/findingsBefore.ts';
import { DiagnosticsPublisher } from '../../src/server/handlers/diagnostics.ts';
import { PulledDiagnostics } from '../../src/server/handlers/pulledDiagnostics.ts';
import { LiveObjects } from '../../src/server/liveObjects.ts';
import { SiblingFiles } from '../../src/server/siblings.ts';
import { rulesDocuments } from '../../src/server/textSync.ts';
import { Workspace } from '../../src/server/workspace.ts';
import { finish } from '../../src/values/steps.ts';

const uri = 'file:///node-1/iptables-save.txt';

/** Rules with doubles in chains A, B and C, and a chain D that nothing leads to, behind a million characters. */
const lines = [
  '*filter',
  ':INPUT ACCEPT [0:0]',
  ':A - [0:0]',
  ':B - [0:0]',
  ':C - [0:0]',
  ...Array.from({ length: 10_000 }, () => `# ${'-'.repeat(100)}`),
  ':D - [0:0]',
  ...['A', 'B', 'C'].flatMap((chain) => [
    `-A INPUT -j ${chain}`,
    `-A ${chain} -s 10.0.0.1/32 -j ACCEPT`,
    `-A ${chain} -s 10.0.0.1/32 -j ACCEPT`,
  ]),
  '-A D -j ACCEPT',
  'COMMIT',
  '',
];

function opened(): RulesDocument {
  return new RulesDocument({ uri, version: 1, text: lines.join('\n') });
}

function found(document: RulesDocument): readonly Finding[] {
  const { ruleset, lines: index } = document;
  const text = { file: 'iptables-save.txt' as const, ruleset, lines: index };
  return finish(findingsOfNode(openAnalysis({ sources: new Sources([text], text), files: new Map() })));
}

function edited(document: RulesDocument, line: number, character: number, text: string): RulesDocument {
  const position = { line, character };
  return rulesDocuments.update(
    document,
    [{ range: { start: position, end: position }, text }],
    document.version + 1,
  );
}

/** `duplicate-rule: -A A -s 10.0.0.1/32 -j ACCEPT` */
function told(document: RulesDocument, findings: readonly Finding[] | null): readonly string[] {
  return (findings ?? []).map(({ code, at }) => {
    const { start = 0, end = 0 } = at?.span ?? {};
    return `${code}: ${document.text.slice(start, end)}`;
  });
}

const doubled = (chain: string): string => `duplicate-rule: -A ${chain} -s 10.0.0.1/32 -j ACCEPT`;
const notReached = 'unreferenced-chain: :D - [0:0]';
const placeOf = (line: string): number => lines.indexOf(line);

test('findings stand at the same words behind an edit before them', () => {
  const document = opened();
  keepFindings(document, found(document));
  expect(told(document, findingsBefore(document))).toEqual([
    doubled('A'),
    doubled('B'),
    doubled('C'),
    notReached,
  ]);
  const next = edited(edited(document, 1, 0, ':E - [0:0]\n'), 3, 2, 'X');
  const taken = findingsBefore(next);
  expect(told(next, taken)).toEqual([doubled('B'), doubled('C'), notReached]);
  const fresh = found(next);
  for (const each of taken ?? []) expect(fresh).toContainEqual(each);
});

test.each([
  ['a letter in one of its rules', placeOf('-A B -s 10.0.0.1/32 -j ACCEPT'), '-A B -s 10.0.0.1'.length, '1'],
  ['a rule more, elsewhere', placeOf('-A D -j ACCEPT'), 0, '-A B -j DROP\n'],
  ['its declaration', placeOf(':B - [0:0]'), ':B - [0:0'.length, '1'],
])('what stands in a chain that an edit touched has to be found anew: %s', (_, line, character, text) => {
  const document = opened();
  keepFindings(document, found(document));
  const next = edited(document, line, character, text);
  const left = told(next, findingsBefore(next));
  expect(left).not.toContain(doubled('B'));
  expect(left).toContain(doubled('C'));
});

test.each([
  ['*filter', 0, 7],
  ['COMMIT', placeOf('COMMIT'), 6],
])('nothing is taken along when tables change: a letter of %s', (_, line, character) => {
  const document = opened();
  keepFindings(document, found(document));
  expect(findingsBefore(edited(document, line, character, 'x'))).toBeNull();
});

function stage(): { readonly workspace: Workspace; readonly problems: DocumentProblems } {
  const workspace = new Workspace(
    new SiblingFiles(() => Promise.resolve(new Map())),
    new Facts(() => Promise.resolve({ given: [], unread: [], beside: [] })),
    new LiveObjects(() => undefined),
  );
  const links = { links: null, trace: null, convert: null, lineFeeds: null };
  const service = createIptablesLanguageService(links);
  return {
    workspace,
    problems: new DocumentProblems(workspace, service, { current: { levels: new Map() } }),
  };
}

function wrong(document: RulesDocument): RulesDocument {
  return edited(document, placeOf('-A D -j ACCEPT'), '-A D -j ACCEPT'.length, 'X');
}

describe('behind an edit of a large document', () => {
  // One clock for all, as in one process: when an editor was told last is remembered.
  beforeAll(() => void vi.useFakeTimers());
  afterAll(() => void vi.useRealTimers());

  test('an editor is told of the text at once, beside what was found before, and then of all', async () => {
    const { workspace, problems } = stage();
    const sent: PublishDiagnosticsParams[] = [];
    const publisher = new DiagnosticsPublisher(
      {
        sendDiagnostics: async (params: PublishDiagnosticsParams) => void sent.push(params),
        complain: expect.unreachable,
      },
      problems,
    );
    const codes = (): unknown => sent.map(({ diagnostics }) => diagnostics.map(({ code }) => code));
    const document = opened();
    workspace.put(document);
    const first = publisher.publish(uri);
    await vi.advanceTimersByTimeAsync(10_000);
    await first;
    expect(sent.at(-1)?.diagnostics).toHaveLength(4);
    sent.length = 0;
    workspace.put(wrong(document));
    const second = publisher.publish(uri);
    const doubles = ['duplicate-rule', 'duplicate-rule', 'duplicate-rule'];
    await vi.advanceTimersByTimeAsync(10_000);
    await second;
    expect(codes()).toEqual([
      ['undefined-jump-target', ...doubles],
      ['undefined-jump-target', ...doubles, 'unreferenced-chain'],
    ]);
  });

  test('an editor that asks is answered so, and told to ask again', async () => {
    const { workspace, problems } = stage();
    const refresh = vi.fn(() => Promise.resolve());
    const pulled = new PulledDiagnostics(
      problems,
      new EditClock(() => undefined),
      refresh,
      expect.unreachable,
    );
    const { token } = new CancellationTokenSource();
    const answered = async (milliseconds: number): Promise<number> => {
      const answer = pulled.answer({ textDocument: { uri } }, token);
      await vi.advanceTimersByTimeAsync(milliseconds);
      const report = await answer;
      return report.kind === 'full' ? report.items.length : 0;
    };
    const document = opened();
    workspace.put(document);
    expect(await answered(10_000)).toBe(4);
    refresh.mockClear();
    workspace.put(wrong(document));
    expect(await answered(0)).toBe(4);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(refresh).toHaveBeenCalledOnce();
    expect(await answered(0)).toBe(5);
  });
});
