import type { Analysis } from '../kubeproxy/analysis.ts';
import { prepareJumps } from '../kubeproxy/references.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import type { Steps } from '../values/steps.ts';
import { behindOthers, type Stop } from './inTurns.ts';
import type { Workspace } from './workspace.ts';

/** Works ahead while nobody asks. */
export async function prepareAnswers(
  workspace: Workspace,
  document: RulesDocument,
  stop: Stop,
): Promise<void> {
  const subject = await workspace.subject(document.uri);
  if (subject === null) return;
  const { kind } = await behindOthers(preparation(document, subject.analysis), stop);
  if (kind === 'done') workspace.putPrepared(subject);
}

/** What the first hover and the first trace of a large dump would otherwise wait for, each a part of a second at most. */
function* preparation({ ruleset }: RulesDocument, analysis: Analysis): Steps<void> {
  for (const mode of analysis.modes.all) {
    void mode.ports;
    yield;
  }
  void analysis.catalog.services;
  yield;
  // Nobody has this address: looking for it makes the index of addresses.
  analysis.catalog.whoHas('0.0.0.0');
  yield;
  yield* analysis.modes.iptables.prepare();
  void analysis.dump;
  yield;
  for (const table of ruleset.tables) {
    prepareJumps(ruleset, table);
    yield;
  }
  analysis.engine(4)?.prepare();
  yield;
  analysis.engine(6)?.prepare();
}
