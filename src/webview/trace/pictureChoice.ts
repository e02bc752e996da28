/** What of a picture is chosen: an outcome, and a step of its path. */
import type { NarrativeOutcome, NarrativeStage, NarrativeStep } from '../../kubeproxy/narrative/narrative.ts';
import type { Target } from '../../kubeproxy/picture/drawing.ts';
import { wayTo } from './pathRows.ts';

export class Chosen {
  /** The end of the outcome that is shown; null where the picture has none. */
  readonly end: Target | null;
  readonly #outcomes: ReadonlyMap<string, NarrativeOutcome>;
  readonly #selected: string;
  /** The hook, or what stands beside hooks, that the chosen step belongs to; null without a step. */
  readonly #top: NarrativeStep | null;

  constructor(
    targets: readonly Target[],
    outcomes: readonly NarrativeOutcome[],
    selected: string,
    step: string | null,
  ) {
    this.#outcomes = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
    this.#selected = selected;
    this.#top = this.#topOf(step);
    this.end = targets.find((target) => target.step === null && target.outcomes.includes(selected)) ?? null;
  }

  has(target: Target): boolean {
    if (target.step === null) return target === this.end;
    if (this.#top === null || target.branch !== this.end?.branch) return false;
    return this.#topOf(this.by(target).step) === this.#top;
  }

  /** What choosing a target leads to: the outcome shown stays where the target is on its way, too. */
  by(target: Target): { readonly outcome: string; readonly step: string | null } {
    const [first] = target.outcomes;
    const isOnWay = target.step === null ? target === this.end : target.branch === this.end?.branch;
    if (!isOnWay || first === this.#selected) return { outcome: first, step: target.step };
    const [drawn, shown] = [this.#outcomes.get(first), this.#outcomes.get(this.#selected)];
    if (target.step === null || drawn === undefined || shown === undefined)
      return { outcome: this.#selected, step: target.step };
    const step = sameStage(drawn.stages, target.step, shown.stages)?.stepId ?? null;
    return step === null ? { outcome: first, step: target.step } : { outcome: this.#selected, step };
  }

  #topOf(step: string | null): NarrativeStep | null {
    if (step === null) return null;
    return wayTo(this.#outcomes.get(this.#selected)?.path ?? [], step)?.[0] ?? null;
  }
}

/** The stage of one outcome where another outcome has the one with `step`: the same table of the same hook, as often before. */
function sameStage(
  stages: readonly NarrativeStage[],
  step: string,
  others: readonly NarrativeStage[],
): NarrativeStage | null {
  const at = stages.findIndex(({ stepId }) => stepId === step);
  const stage = stages[at];
  if (stage === undefined) return null;
  const isSame = ({ hook, table }: NarrativeStage): boolean => hook === stage.hook && table === stage.table;
  return others.filter(isSame)[stages.slice(0, at).filter(isSame).length] ?? null;
}
