/** What is published of a document that changes while it is checked. */
import { expect, test } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import {
  createIptablesLanguageService,
  type IptablesLanguageService,
} from '../../src/language/languageService.ts';
import { DiagnosticsPublisher } from '../../src/server/handlers/diagnostics.ts';
import { LiveObjects } from '../../src/server/liveObjects.ts';
import { SiblingFiles } from '../../src/server/siblings.ts';
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
function staged(meanwhile: (stage: Stage) => void): Stage {
  const sent: PublishDiagnosticsParams[] = [];
  const complaints: string[] = [];
  const workspace = new Workspace(
    new SiblingFiles(() => Promise.resolve(new Map())),
    new LiveObjects(() => undefined),
  );
  const service = createIptablesLanguageService({ links: null, trace: null });
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
    publisher: new DiagnosticsPublisher(editor, workspace, slow),
    sent,
    complaints,
  };
  return stage;
}

test('a version that is not the present one any more is not published', async () => {
  const { workspace, publisher, sent } = staged((stage) => stage.workspace.setText(uri, 2, right));
  workspace.setText(uri, 1, wrong);
  await publisher.publish(uri);
  expect(sent).toEqual([]);
  await publisher.publish(uri);
  expect(sent).toMatchObject([{ uri, version: 2, diagnostics: [] }]);
});

test('a document that was closed meanwhile keeps an empty list', async () => {
  const { workspace, publisher, sent } = staged((stage) => {
    stage.workspace.close(uri);
    stage.publisher.clear(uri);
  });
  workspace.setText(uri, 1, wrong);
  await publisher.publish(uri);
  expect(sent).toEqual([{ uri, diagnostics: [] }]);
});

test('of two checks of one version the later one is published', async () => {
  let second = Promise.resolve();
  const { workspace, publisher, sent } = staged((stage) => {
    second = stage.publisher.publish(uri);
  });
  workspace.setText(uri, 1, wrong);
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
  workspace.setText(uri, 1, wrong);
  await publisher.publish(uri);
  expect(complaints).toEqual([`The check of ${uri} failed: Error: oops`]);
  await publisher.publish(uri);
  expect(sent).toHaveLength(1);
});
