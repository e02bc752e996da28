import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';
import type { NarrativeStage } from '../../kubeproxy/narrative/narrative.ts';

interface HookStages {
  readonly hook: string;
  readonly stages: readonly NarrativeStage[];
}

/** Neighbouring stages of one hook stand under its name. */
function byHook(stages: readonly NarrativeStage[]): readonly HookStages[] {
  const hooks: (HookStages & { readonly stages: NarrativeStage[] })[] = [];
  for (const stage of stages) {
    const last = hooks.at(-1);
    if (last?.hook === stage.hook) last.stages.push(stage);
    else hooks.push({ hook: stage.hook, stages: [stage] });
  }
  return hooks;
}

/** `raw ── mangle ──● nat ── routing …`: every stage that the packet passes, those filled where something happened. */
export class StageStrip extends LitElement {
  @property({ attribute: false }) stages: readonly NarrativeStage[] = [];
  @property() selected: string | null = null;
  /** The one stage that Tab stops at (the ARIA toolbar pattern); arrow keys go on from there. */
  #stop: NarrativeStage | null = null;

  static override styles = [
    baseStyles,
    css`
      .scroll {
        overflow-x: auto;
        overflow-y: hidden;
        scrollbar-width: thin;
        padding: 2px 0 4px;
      }
      .hooks {
        display: flex;
        width: max-content;
        min-width: 100%;
      }
      .hook {
        display: flex;
        flex-direction: column;
      }
      .name {
        margin: 0 8px 4px;
        padding: 0 0 1px;
        color: var(--dim);
        font-size: 0.85em;
        letter-spacing: 0.02em;
      }
      /* A hook's name spans its tables; routing and the end belong to none. */
      .tables > .name {
        margin-bottom: 3px;
        border-bottom: 1px solid var(--vscode-charts-lines);
        text-align: center;
      }
      .stages {
        display: flex;
        min-width: 0;
      }
      .stage {
        position: relative;
        display: flex;
        flex-direction: column;
        align-items: center;
        min-width: 62px;
        max-width: 150px;
        padding: 0 6px 3px;
        border: 0;
        border-radius: 4px;
        background: none;
        font-size: 0.92em;
      }
      .stage:disabled {
        cursor: default;
      }
      .stage:hover:enabled {
        background: var(--vscode-list-hoverBackground);
      }
      .stage[aria-current='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .stage:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: -1px;
      }
      .rail {
        position: relative;
        display: block;
        align-self: stretch;
        height: 16px;
        margin: 0 -6px;
      }
      .rail::before {
        content: '';
        position: absolute;
        top: 7.5px;
        left: 0;
        right: 0;
        border-top: 1px solid var(--vscode-charts-lines);
      }
      .hook:first-child .stages > :first-child .rail::before {
        left: 50%;
      }
      .hook:last-child .stages > :last-child .rail::before {
        right: 50%;
      }
      .rail::after {
        content: '';
        position: absolute;
        top: 4.5px;
        left: calc(50% - 3.5px);
        width: 7px;
        height: 7px;
        border: 1px solid var(--vscode-charts-lines);
        border-radius: 50%;
        background: var(--vscode-editor-background);
      }
      .active .rail::after {
        top: 3px;
        left: calc(50% - 5px);
        width: 10px;
        height: 10px;
        border-color: var(--vscode-foreground);
        background: var(--vscode-foreground);
      }
      .table {
        color: var(--dim);
      }
      .active .table {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
      .word {
        max-width: 100%;
        min-height: 1.45em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (forced-colors: active) {
        .active .rail::after {
          background: CanvasText;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<div class="scroll">
      <div
        class="hooks"
        role="toolbar"
        aria-label=${strings.stages}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        ${byHook(this.stages).map((each) => this.#hook(each))}
      </div>
    </div>`;
  }

  protected override willUpdate(): void {
    const current = this.stages.find(({ stepId }) => stepId !== null && stepId === this.selected);
    this.#stop = current ?? this.stages.find(({ active }) => active) ?? this.stages[0] ?? null;
  }

  #buttons(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.stage:enabled')];
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = this.#buttons();
    const at = all.findIndex((button) => button.matches(':focus'));
    const to = { ArrowRight: at + 1, ArrowLeft: Math.max(at - 1, 0), Home: 0, End: all.length - 1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.min(to, all.length - 1)]?.focus();
  }

  #hook({ hook, stages }: HookStages): TemplateResult {
    const tables = stages.some(({ table }) => table !== null);
    return html`<div class="hook ${tables ? 'tables' : ''}">
      <span class="name">${tables ? clean(hook) : html`&nbsp;`}</span>
      <div class="stages">${stages.map((stage) => this.#stage(stage))}</div>
    </div>`;
  }

  #stage(stage: NarrativeStage): TemplateResult {
    const { hook, table, word, active, stepId } = stage;
    const name = table ?? hook;
    return html`<button
      type="button"
      class="stage ${active ? 'active' : ''}"
      title=${clean(word === '' ? `${hook} ${table ?? ''}` : `${hook} ${table ?? ''}: ${word}`)}
      tabindex=${stage === this.#stop ? 0 : -1}
      aria-current=${stepId !== null && stepId === this.selected}
      ?disabled=${stepId === null}
      @click=${() => emit(this, 'step-select', { id: stepId, location: null })}
    >
      <span class="rail"></span>
      <span class="table">${clean(name)}</span>
      <span class="word">${clean(word)}</span>
      ${active ? html`<span class="unseen">${strings.stageActive}</span>` : nothing}
    </button>`;
  }
}
