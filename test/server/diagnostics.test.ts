/** What is published of a document that changes while it is checked. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import {
  createIptablesLanguageService,
  type IptablesLanguageService,
} from '../../src/language/languageService.ts';
import { DocumentProblems } from '../../src/server/documentProblems.ts';
import { DiagnosticsPublisher } from '../../src/server/handlers/diagnostics.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';
import { Facts } from '../../src/server/facts.ts';
import { LiveObjects } from '../../src/server/liveObjects.ts';
import { SiblingFiles, type Siblings } from '../../src/server/siblings.ts';
import { Workspace } from '../../src/server/workspace.ts';

const uri = 'file:///node-1/iptables-save.txt';
const wrong = '*filter\n-A INPUT -j NOPE\nCOMMIT\n';
const right = '*filter\n-A INPUT -j ACCEPT\nCOMMIT\n';

interface Stage {
  readonly workspace: Workspace;
  readonly publisher: DiagnosticsPublisher;
  readonly sent: PublishDiagnosticsParams[];
  readonly complaints: string[];
}

/** A publisher whose checks call `meanwhile` in the middle, once. */
function staged(
  meanwhile: (stage: Stage) => void,
  askForFiles: (stage: Stage) => Promise<Siblings> = () => Promise.resolve(new Map()),
): Stage {
  const sent: PublishDiagnosticsParams[] = [];
  const complaints: string[] = [];
  const workspace = new Workspace(
    new SiblingFiles(() => askForFiles(stage)),
    new Facts(() => Promise.resolve({ given: [], unread: [], beside: [] })),
    new LiveObjects(() => undefined),
  );
  const service = createIptablesLanguageService({ links: null, trace: null, convert: null, lineFeeds: null });
  let isFirst = true;
  const slow: IptablesLanguageService = {
    ...service,
    *findings(document) {
      yield;
      if (isFirst) {
        isFirst = false;
        meanwhile(stage);
      }
      yield;
      return yield* service.findings(document);
    },
  };
  const editor = {
    sendDiagnostics: (params: PublishDiagnosticsParams) => {
      sent.push(params);
      return Promise.resolve();
    },
    complain: (message: string) => void complaints.push(message),
  };
  const stage: Stage = {
    workspace,
    publisher: new DiagnosticsPublisher(
      editor,
      new DocumentProblems(workspace, slow, { current: { levels: new Map() } }),
    ),
    sent,
    complaints,
  };
  return stage;
}

test('a version that is not the present one any more is not published', async () => {
  const { workspace, publisher, sent } = staged((stage) =>
    stage.workspace.put(new RulesDocument({ uri, version: 2, text: right })),
  );
  workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
  await publisher.publish(uri);
  expect(sent).toEqual([]);
  await publisher.publish(uri);
  expect(sent).toMatchObject([{ uri, version: 2, diagnostics: [] }]);
});

/** Files that come so late that what is wrong in the text is shown before. */
function lateFiles(): Promise<Siblings> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(new Map()), 1_000);
  });
}

describe('while the files beside a document are long in coming', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('what is wrong in its text is shown', async () => {
    const { workspace, publisher, sent } = staged(() => undefined, lateFiles);
    workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
    const done = publisher.publish(uri);
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toMatchObject([{ version: 1, diagnostics: [{ code: 'undefined-jump-target' }] }]);
    await vi.advanceTimersByTimeAsync(5_000);
    await done;
    expect(sent).toHaveLength(2);
  });

  test('a version that was replaced meanwhile is not', async () => {
    const { workspace, publisher, sent } = staged(
      () => undefined,
      (stage) => {
        stage.workspace.put(new RulesDocument({ uri, version: 2, text: right }));
        return lateFiles();
      },
    );
    workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
    const done = publisher.publish(uri);
    await vi.advanceTimersByTimeAsync(5_000);
    await done;
    expect(sent).toEqual([]);
  });
});

test('a document that was closed meanwhile keeps an empty list', async () => {
  const { workspace, publisher, sent } = staged((stage) => {
    stage.workspace.close(uri);
    stage.publisher.forget(uri);
  });
  workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
  await publisher.publish(uri);
  expect(sent).toEqual([{ uri, diagnostics: [] }]);
});

test('of two checks of one version the later one is published', async () => {
  let second = Promise.resolve();
  const { workspace, publisher, sent } = staged((stage) => {
    second = stage.publisher.publish(uri);
  });
  workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
  await Promise.all([publisher.publish(uri), second]);
  await second;
  expect(sent.map(({ version, diagnostics }) => [version, diagnostics.map(({ code }) => code)])).toEqual([
    [1, ['undefined-jump-target']],
  ]);
});

test('a check that fails is told of, and ends nothing', async () => {
  const { workspace, publisher, sent, complaints } = staged(() => {
    throw new Error('oops');
  });
  workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
  await publisher.publish(uri);
  expect(complaints).toEqual([`The check of ${uri} failed: Error: oops`]);
  await publisher.publish(uri);
  expect(sent).toHaveLength(1);
});
