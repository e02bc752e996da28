/** The extension's side of the panel that diagnoses a Service, over real rules: what the language server answers. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { diagnosing } from '../../../src/kubeproxy/diagnose/diagnose.ts';
import { subjectNamed } from '../../../src/kubeproxy/diagnose/subject.ts';
import { tellDiagnosis } from '../../../src/kubeproxy/diagnose/told.ts';
import { snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import type { DiagnoseAnswer } from '../../../src/protocol/diagnosis.ts';
import type { DiagnosePanelContract } from '../../../src/protocol/diagnosePanel.ts';
import { finish } from '../../../src/values/steps.ts';
import { FakeHost } from '../shared/fakeHost.ts';
import { PanelPage, type PanelOptions } from '../shared/panelPage.ts';

/** Changes the rules before they are read. */
type EditRules = (rules: string) => string;

/** With the node's addresses, routes and settings. */
const sample = 'media/samples/kube-proxy-1.36';

function textOf(name: string): string {
  return readFileSync(join(sample, name), 'utf8');
}

/** What the server says of a Service of the sample, after an edit of its rules. */
export function diagnosed(service: string, edit: EditRules = (rules) => rules): DiagnoseAnswer {
  const names = snapshotFileNames.filter((name) => existsSync(join(sample, name)));
  const files = new Map(
    names.map((name) => [name, name === 'iptables-save.txt' ? edit(textOf(name)) : textOf(name)]),
  );
  const reading = subjectNamed(service, analysisOfFiles(files));
  if (reading.kind === 'wrong') return { kind: 'unavailable', message: reading.message };
  const told = tellDiagnosis(finish(diagnosing(reading.subject, null)), ({ source, span }) => ({
    uri: `file:///node-1/${source}`,
    line: span.start,
    startCharacter: 0,
    endCharacter: 4,
  }));
  return {
    kind: 'diagnosis',
    told,
    copies: { markdown: '## Markdown', command: 'kube-proxy-explorer', json: '{}' },
  };
}

export type DiagnosePage = PanelPage<DiagnosePanelContract>;

export class DiagnoseHost extends FakeHost<DiagnosePanelContract> {
  /** `ask` is called for each question. */
  constructor(ask: () => Promise<DiagnoseAnswer>, uri = 'file:///node-1/iptables-save.txt') {
    super(
      { uri, name: 'node-1/iptables-save.txt', service: 'edge/np-cluster' },
      { diagnose: ask, copy: async () => Promise.resolve(null) },
    );
  }
}

export function openDiagnose(
  browser: Browser,
  host: DiagnoseHost,
  options: PanelOptions,
): Promise<DiagnosePage> {
  const kind = { name: 'diagnose', entry: 'src/webview/diagnose/main.ts', parts: ['.steps', '.summary'] };
  return PanelPage.open<DiagnosePanelContract>(browser, kind, host, options);
}
