import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { clean } from '../shared/text.ts';
import { changeStyles } from './changeStyles.ts';
import { changeText } from './pathRow.ts';
import { strings } from './strings.ts';
import type { NarrativeOutcome } from '../../kubeproxy/narrative/narrative.ts';

export const factsStyles = css`
  .facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 1px 12px;
    margin: 0;
    padding: 0 16px 8px;
    overflow-wrap: anywhere;
  }
  .facts dt {
    color: var(--dim);
  }
  .facts dd {
    margin: 0;
  }
  .notice {
    margin: 0;
    padding: 0 16px 8px;
    overflow-wrap: anywhere;
  }
  ${changeStyles}
  @container (max-width: 640px) {
    .facts,
    .notice {
      padding-inline: 12px;
    }
  }
`;

/** What changed on the way to an outcome, and what is noticed of it. `said`: the sentences above it, which are not said again. */
export function outcomeFacts(
  { sourceChange, destinationChange, marks, notices }: NarrativeOutcome,
  said: string,
): TemplateResult | typeof nothing {
  const known = said.toLowerCase();
  const news = notices.filter((notice) => !known.includes(notice.toLowerCase().replace(/\.$/, '')));
  const changes = [
    [strings.source, sourceChange],
    [strings.destination, destinationChange],
  ] as const;
  const rows = changes.map(([label, change]) =>
    change === null
      ? nothing
      : html`<dt>${label}</dt>
          <dd>${changeText(change, false)}</dd>`,
  );
  const isBare = sourceChange === null && destinationChange === null && marks.length === 0;
  if (isBare && news.length === 0) return nothing;
  return html`${
    isBare
      ? nothing
      : html`<dl class="facts">
          ${rows}
          ${
            marks.length === 0
              ? nothing
              : html`<dt>${strings.marks}</dt>
                  <dd>${marks.map(clean).join(', ')}</dd>`
          }
        </dl>`
  }
  ${news.map((notice) => html`<p class="notice">${clean(notice)}</p>`)}`;
}
