/** What stands in the place of an answer, or above it: why there is none, that it is worked out, or what to begin with. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../shared/icon.ts';
import { clean, cleanLines } from '../shared/text.ts';
import type { Choice } from '../../protocol/requests.ts';
import { strings } from './strings.ts';
import type { ModelState } from './traceModel.ts';

/** What can be done there. */
export interface Beginning {
  /** Services to start with. */
  readonly starts: readonly Choice[];
  readonly retry: () => void;
  readonly start: (choice: Choice) => void;
}

export function withoutAnswer(
  { problem, work, run, errors }: ModelState,
  beginning: Beginning,
): TemplateResult {
  if (problem !== null)
    return html`<section class="message">
      <h1>${icon('error', 'verdict-drop')}${strings.failed}</h1>
      <p>${cleanLines(problem)}</p>
      <button class="button" @click=${beginning.retry}>${strings.retry}</button>
    </section>`;
  if (work !== 'idle' || (run && errors.length === 0))
    return html`<section class="message">
      <p class="dim">${work === 'slow' ? strings.tracing : ''}</p>
    </section>`;
  return html`<section class="message">
    <h1>${strings.emptyTitle}</h1>
    <p class="dim">${strings.emptyText}</p>
    ${beginning.starts.length === 0 ? nothing : startList(beginning)}
  </section>`;
}

function startList({ starts, start }: Beginning): TemplateResult {
  return html`<p>${strings.emptyStarts}</p>
    <ul class="starts">
      ${starts.map(
        (choice) =>
          html`<li>
            <button @click=${() => start(choice)}>
              <span>${clean(choice.label)}</span><span class="dim">${clean(choice.description)}</span>
            </button>
          </li>`,
      )}
    </ul>`;
}

/** A line above the answer, with what can be done about it. */
export function banner(
  text: TemplateResult,
  action: string | null = null,
  act: () => void = () => undefined,
): TemplateResult {
  const button = html`<button class="button secondary" @click=${act}>${action}</button>`;
  return html`<div class="banner">${text} ${action === null ? nothing : button}</div>`;
}
