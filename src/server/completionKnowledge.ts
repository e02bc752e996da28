import type { Analysis } from '../kubeproxy/analysis.ts';
import { Habits, readHabits } from '../language/completion/habits.ts';
import { type KnownNames, NO_NAMES, readNames } from '../language/completion/knownNames.ts';
import { CompactRuleset } from '../rules/iptables/compact/compactRuleset.ts';
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

/** The analysis of a large text is that which was worked out last: that of an older version would be kept for this alone. */
interface Held {
  readonly known: Omit<Known, 'analysis'>;
  readonly document: WeakRef<RulesDocument>;
  readonly at: number;
}

const NOTHING: Held['known'] = { habits: new Habits(), names: NO_NAMES };

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
    const isCurrent = held?.document.deref() === document;
    const isOld =
      held === undefined || performance.now() - held.at > document.text.length * AGE_PER_CHARACTER;
    const read = isCurrent || !isOld ? null : this.#read(document);
    if (held === undefined && document.text.length < SMALL) await read;
    const known = this.#held.get(document.uri)?.known ?? NOTHING;
    return { ...known, analysis: this.#workspace.prepared(document.uri) };
  }

  forget(uri: string): void {
    this.#held.delete(uri);
  }

  async #read(document: RulesDocument): Promise<void> {
    const { uri } = document;
    if (this.#reading.has(uri)) return;
    this.#reading.add(uri);
    try {
      const subject = await this.#workspace.subject(uri);
      const stop = { stopped: false };
      const work = knownOf(document, subject?.analysis ?? null);
      const read = await (document.text.length < SMALL ? inTurns(work, stop) : behindOthers(work, stop));
      if (read.kind !== 'done' || this.#workspace.document(uri) === null) return;
      this.#held.set(uri, { known: read.value, document: new WeakRef(document), at: performance.now() });
      if (subject !== null) this.#workspace.putPrepared(subject);
    } finally {
      this.#reading.delete(uri);
    }
  }
}

function* knownOf(document: RulesDocument, analysis: Analysis | null): Steps<Held['known']> {
  const { ruleset } = document;
  const habits = yield* readHabits(ruleset instanceof CompactRuleset ? ruleset.apart() : ruleset);
  // Nobody has this address: looking for it makes the index of addresses.
  analysis?.catalog.whoHas('0.0.0.0');
  yield;
  const names = analysis === null ? NO_NAMES : yield* readNames(analysis);
  return { habits, names };
}
