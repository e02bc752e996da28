import { jumpsTo } from '../kubeproxy/references.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import { auditInTurns } from './auditInTurns.ts';
import { turn } from './turn.ts';
import type { Subject, Workspace } from './workspace.ts';

/** What the first hover and the first trace of a large dump would otherwise wait for, each a part of a second at most. */
const steps: readonly ((subject: Subject) => void)[] = [
  ({ analysis }) => void analysis.modes,
  ({ analysis }) => void analysis.catalog,
  // Nobody has this address, and no endpoint this chain: looking for them makes the indexes.
  ({ analysis }) => void analysis.catalog.whoHas('0.0.0.0'),
  ({ analysis }) => void analysis.iptables.ofChain('KUBE-SEP-AAAAAAAAAAAAAAAA', 4),
  ({ analysis }) => void analysis.dump,
  ({ document }) => {
    for (const table of document.ruleset.tables) jumpsTo(document.ruleset, table, '');
  },
  ({ analysis }) => analysis.engine(4)?.prepare(),
  ({ analysis }) => analysis.engine(6)?.prepare(),
];

/** Works ahead while nobody asks; gives up when the document changed or was closed meanwhile. */
export async function prepareAnswers(workspace: Workspace, document: RulesDocument): Promise<void> {
  const subject = await workspace.subject(document.uri);
  if (subject === null) return;
  for (const step of steps) {
    await turn();
    if (workspace.document(document.uri) !== document) return;
    step(subject);
  }
  await auditInTurns(subject.analysis);
}
