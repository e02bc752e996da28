/** Runs inside a real VS Code: `run` is what @vscode/test-electron and the browser build both call. */
import * as vscode from 'vscode';
import { activation } from './activation.ts';
import { addressFamily } from './addressFamily.ts';
import { clusters } from './clusters.ts';
import { clustersTree } from './clustersTree.ts';
import { compare } from './compare.ts';
import { diagnose } from './diagnose.ts';
import { editorFeatures } from './editorFeatures.ts';
import { facts } from './facts.ts';
import { flowTests } from './flowTests.ts';
import { languageDetection } from './languageDetection.ts';
import { languageFeatures } from './languageFeatures.ts';
import { languageModelTools } from './languageModelTools.ts';
import { largeDump } from './largeDump.ts';
import { liveFiles } from './liveFiles.ts';
import { manifest } from './manifest.ts';
import { plainText } from './plainText.ts';
import { rulesView } from './rulesView.ts';
import { runTests, type Suite } from './runner.ts';
import { secondPanel } from './secondPanel.ts';
import { tracePanel } from './tracePanel.ts';
import { whatIf } from './whatIf.ts';

/** Those that `npm run test:extension -- --suite A,B` names; activation comes first in any case. */
function chosen(suites: readonly Suite[]): readonly Suite[] {
  const names = process.env['KUBE_PROXY_SUITES']?.split(',');
  return names === undefined
    ? suites
    : suites.filter((suite) => suite === activation || names.includes(suite.name));
}

export async function run(): Promise<void> {
  const suites = [
    activation,
    manifest,
    plainText,
    addressFamily,
    languageDetection,
    languageFeatures,
    editorFeatures,
    rulesView,
    facts,
    tracePanel,
    diagnose,
    compare,
    flowTests,
    whatIf,
    secondPanel,
    languageModelTools,
    clusters,
    liveFiles,
  ];
  // A restricted window has no contexts to show; of the large dump once is enough, as it reads no different there.
  if (vscode.workspace.isTrusted) suites.push(clustersTree, largeDump);
  const failed = await runTests(chosen(suites));
  if (failed > 0) throw new Error(`${failed} failed`);
}
