/** How the state of a step or a way looks. Colours are classes of `stateStyles`. */
import { css } from 'lit';
import type { TemplateResult } from 'lit';
import type { ToldStep } from '../../kubeproxy/diagnose/told.ts';
import { type Glyph, icon } from '../shared/icon.ts';

type State = ToldStep<unknown>['state'];

const glyphs: Readonly<Record<State, Glyph>> = {
  ok: 'pass-filled',
  warn: 'warning',
  fail: 'error',
  unknown: 'question',
  skipped: 'dash',
};

export function stateIcon(state: State): TemplateResult {
  return icon(glyphs[state], `state-${state}`);
}

export const stateStyles = css`
  .state-ok {
    color: var(--good);
  }
  .state-fail {
    color: var(--bad);
  }
  .state-warn {
    color: var(--doubt);
  }
  .state-unknown,
  .state-skipped {
    color: var(--dim);
  }
`;
