/** The packets that were traced last, for the quick picks. Kept with the workspace. */
import type * as vscode from 'vscode';
import { emptyForm, type FlowForm } from '../../protocol/requests.ts';

const KEY = 'kubeProxy.recentTraces';
const MOST_KEPT = 40;
const MOST_SHOWN = 5;

interface Recent {
  /** Of the rules that it was traced through, or the context of a cluster. */
  readonly of: string;
  readonly form: FlowForm;
}

export class RecentTraces {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** The latest first. */
  of(of: string): readonly FlowForm[] {
    return this.#all
      .filter((each) => each.of === of)
      .slice(0, MOST_SHOWN)
      .map(({ form }) => ({ ...emptyForm, ...form }));
  }

  note(of: string, form: FlowForm): void {
    const key = JSON.stringify([of, form.from, form.to, form.protocol]);
    const others = this.#all.filter((each) => keyOf(each) !== key);
    void this.#memory.update(KEY, [{ of, form }, ...others].slice(0, MOST_KEPT));
  }

  get #all(): readonly Recent[] {
    const kept: unknown = this.#memory.get(KEY);
    return Array.isArray(kept) ? kept.filter(isRecent) : [];
  }
}

function keyOf({ of, form }: Recent): string {
  return JSON.stringify([of, form.from, form.to, form.protocol]);
}

/** What an earlier version kept may be of another shape. */
function isRecent(value: unknown): value is Recent {
  if (typeof value !== 'object' || value === null || !('of' in value) || !('form' in value)) return false;
  const { of, form } = value;
  return (
    typeof of === 'string' &&
    typeof form === 'object' &&
    form !== null &&
    Object.values(form).every((field) => typeof field === 'string') &&
    'from' in form &&
    'to' in form &&
    'protocol' in form
  );
}
