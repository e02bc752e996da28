import type { Analysis } from '../kubeproxy/analysis.ts';
import { Habits, readHabits } from '../language/completion/habits.ts';
import { type KnownNames, NO_NAMES, readNames } from '../language/completion/knownNames.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import type { Steps } from '../values/steps.ts';
import { behindOthers, inTurns } from './inTurns.ts';
import type { Workspace } from './workspace.ts';

/** What completion stands on beside the text: of the version that is open, or of one a little older. */
export interface Known {
  readonly analysis: Analysis | null;
  readonly habits: Habits;
  readonly names: KnownNames;
}

interface Held {
  readonly known: Known;
  readonly document: RulesDocument;
  readonly at: number;
}

const NOTHING: Known = { analysis: null, habits: new Habits(), names: NO_NAMES };

/** A text of so many characters is read at once when it is first asked about; a larger one in the background. */
const SMALL = 1_000_000;
/** What is known may be so old, in milliseconds, for each character: 0.3 s for 160 KB, 40 s for 20 MB. */
const AGE_PER_CHARACTER = 0.002;

/**
 * The rules and names that completion orders its items by. Every letter makes a new version of the text; to read it all
 * before each answer would make typing slow, and a letter changes nothing of what is usual. So the answer is worked out
 * of what is held, which is made new in the background when it is old.
 */
export class CompletionKnowledge {
  readonly #workspace: Workspace;
  readonly #held = new Map<string, Held>();
  readonly #reading = new Set<string>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async of(document: RulesDocument): Promise<Known> {
    const held = this.#held.get(document.uri);
    const isCurrent = held?.document === document;
    const isOld =
      held === undefined || performance.now() - held.at > document.text.length * AGE_PER_CHARACTER;
    const read = isCurrent || !isOld ? null : this.#read(document);
    if (held === undefined && document.text.length < SMALL) await read;
    return this.#held.get(document.uri)?.known ?? NOTHING;
  }

  forget(uri: string): void {
    this.#held.delete(uri);
  }

  async #read(document: RulesDocument): Promise<void> {
    const { uri } = document;
    if (this.#reading.has(uri)) return;
    this.#reading.add(uri);
    try {
      const analysis = (await this.#workspace.subject(uri))?.analysis ?? null;
      const stop = { stopped: false };
      const work = knownOf(document, analysis);
      const read = await (document.text.length < SMALL ? inTurns(work, stop) : behindOthers(work, stop));
      const isOpen = this.#workspace.document(uri) !== null;
      if (read.kind === 'done' && isOpen)
        this.#held.set(uri, { known: read.value, document, at: performance.now() });
    } finally {
      this.#reading.delete(uri);
    }
  }
}

function* knownOf(document: RulesDocument, analysis: Analysis | null): Steps<Known> {
  const habits = yield* readHabits(document.ruleset);
  // Nobody has this address: looking for it makes the index of addresses.
  analysis?.catalog.whoHas('0.0.0.0');
  yield;
  const names = analysis === null ? NO_NAMES : yield* readNames(analysis);
  return { analysis, habits, names };
}
