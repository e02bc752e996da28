/** The path as the rows of a tree: what is open, how deep a row stands, and where among its siblings. */
import type { ConsideredPage } from '../../kubeproxy/narrative/considered.ts';
import type { FailureKind } from '../../kubeproxy/narrative/failureKind.ts';
import type { ConsideredRule, NarrativeStep } from '../../kubeproxy/narrative/narrative.ts';

/** What is known of the rules behind "11 rules did not match", or of those of one kind. */
export interface Considered extends ConsideredPage {
  readonly loading: boolean;
  readonly error: string | null;
}

interface RowPlace {
  readonly id: string;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly parent: string | null;
}

export type PathRow = RowPlace &
  (
    | { readonly kind: 'step'; readonly step: NarrativeStep; readonly expanded: boolean | null }
    | { readonly kind: 'considered'; readonly rule: ConsideredRule; readonly step: NarrativeStep }
    /** The rules that failed one kind of test. */
    | (Stretch & { readonly kind: 'kind'; readonly count: number; readonly expanded: boolean })
    /** `message`: why there is nothing (yet); `more`: asks for the next page. */
    | (Stretch & { readonly kind: 'loading' })
    | (Stretch & { readonly kind: 'failed'; readonly message: string })
    | (Stretch & { readonly kind: 'more'; readonly left: number })
  );

/** Rules behind a step that did not match: all, or those that failed one kind of test. */
export interface Stretch {
  readonly step: NarrativeStep;
  readonly of: FailureKind | null;
}

/** Names a stretch in `TreeView`. */
export function stretchId({ step, of }: Stretch): string {
  return of === null ? step.id : `${step.id}/${of}`;
}

/** So many rules of more than one kind stand by kinds. */
const MANY = 8;

export interface TreeView {
  /** What the user opened or closed; the rest is as `opensItself` says. */
  readonly toggled: ReadonlyMap<string, boolean>;
  readonly considered: ReadonlyMap<string, Considered>;
}

/** Whether something happens at the step or below it that a reader would want to see at once. */
function decides(step: NarrativeStep): boolean {
  return (
    step.changes.length > 0 ||
    step.chance !== null ||
    step.kind === 'assume' ||
    (step.verdict !== null && step.verdict !== 'accept') ||
    step.children.some(decides)
  );
}

export function canOpen(step: NarrativeStep): boolean {
  return step.children.length > 0 || step.skipped !== null;
}

/** Whether the rules behind it are still to be asked for. */
export function asks(step: NarrativeStep): boolean {
  return step.skipped !== null && step.children.length === 0;
}

function isOpen(step: NarrativeStep, view: TreeView): boolean {
  return view.toggled.get(step.id) ?? (step.skipped === null && decides(step));
}

export function rowsOf(path: readonly NarrativeStep[], view: TreeView): readonly PathRow[] {
  return rowsUnder(path, view, 1, null);
}

function rowsUnder(
  steps: readonly NarrativeStep[],
  view: TreeView,
  level: number,
  parent: string | null,
): PathRow[] {
  return steps.flatMap((step, index) => {
    const expanded = canOpen(step) ? isOpen(step, view) : null;
    const place = { level, position: index + 1, siblings: steps.length, parent };
    const row: PathRow = { kind: 'step', id: step.id, step, expanded, ...place };
    if (expanded !== true) return [row];
    if (asks(step)) return [row, ...consideredRows(step, view, level + 1)];
    return [row, ...rowsUnder(step.children, view, level + 1, step.id)];
  });
}

function consideredRows(step: NarrativeStep, view: TreeView, level: number): readonly PathRow[] {
  const known = view.considered.get(step.id);
  const { kinds = [], total = 0 } = known ?? {};
  if (kinds.length < 2 || total <= MANY) return stretchRows({ step, of: null }, known, level);
  return kinds.flatMap(({ kind, count }, index): readonly PathRow[] => {
    const stretch = { step, of: kind };
    const id = stretchId(stretch);
    const expanded = view.toggled.get(id) === true;
    const place = { id, level, position: index + 1, siblings: kinds.length, parent: step.id };
    const row: PathRow = { kind: 'kind', ...stretch, count, expanded, ...place };
    return expanded ? [row, ...stretchRows(stretch, view.considered.get(id), level + 1)] : [row];
  });
}

function stretchRows(stretch: Stretch, known: Considered | undefined, level: number): readonly PathRow[] {
  const siblings = known?.total ?? 1;
  const items = known?.items ?? [];
  const parent = stretchId(stretch);
  const placed = (name: string, position: number): RowPlace => ({
    id: `${parent}/${name}`,
    level,
    position,
    siblings,
    parent,
  });
  const rows: PathRow[] = items.map((rule, index) => ({
    kind: 'considered',
    rule,
    step: stretch.step,
    ...placed(String(rule.number), index + 1),
  }));
  const last = placed('last', items.length + 1);
  const left = (known?.total ?? 0) - items.length;
  if (known === undefined || known.loading) rows.push({ kind: 'loading', ...stretch, ...last });
  else if (known.error !== null) rows.push({ kind: 'failed', ...stretch, message: known.error, ...last });
  else if (left > 0) rows.push({ kind: 'more', ...stretch, left, ...last });
  return rows;
}

/** The steps from the top to the one with `id`, that one last; null when it is not in the path. */
export function wayTo(path: readonly NarrativeStep[], id: string): readonly NarrativeStep[] | null {
  for (const step of path) {
    if (step.id === id) return [step];
    const below = wayTo(step.children, id);
    if (below !== null) return [step, ...below];
  }
  return null;
}

/** The last step that decided something and has a rule to show: what the outcome is because of. */
export function decisiveStep(path: readonly NarrativeStep[]): NarrativeStep | null {
  const all = flat(path).filter((step) => step.location !== null);
  const decided = all.filter(
    (step) => step.changes.length > 0 || (step.verdict !== null && step.verdict !== 'accept'),
  );
  return decided.at(-1) ?? all.at(-1) ?? null;
}

/** The steps behind which rules that did not match are still to be asked for. */
export function skippedSteps(path: readonly NarrativeStep[]): readonly NarrativeStep[] {
  return flat(path).filter(asks);
}

/** The last address that the destination was changed to on the way, whatever became of the packet then. */
export function lastDestination(path: readonly NarrativeStep[]): string | null {
  const changes = flat(path).flatMap((step) => step.changes.filter(({ field }) => field === 'destination'));
  return changes.at(-1)?.is ?? null;
}

function flat(steps: readonly NarrativeStep[]): readonly NarrativeStep[] {
  return steps.flatMap((step) => [step, ...flat(step.children)]);
}
