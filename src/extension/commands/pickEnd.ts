/** The quick pick of one end of a packet. */
import * as vscode from 'vscode';
import type { ChoicesParams } from '../../protocol/requests.ts';
import { inPick } from '../plainText.ts';
import { EndItems } from './endItems.ts';
import { back, type FlowChoices, type FlowItem, type Picked } from './flowPicks.ts';

/** Which question of how many, and what was chosen before it. */
export interface PickStep {
  readonly step: number;
  readonly of: number;
  readonly picked: Picked;
}

/** One question. Null when the user takes it back. It shows at once, and what may be chosen as soon as it is known. */
export function pickEnd(
  choices: FlowChoices,
  side: ChoicesParams['side'],
  { step, of, picked }: PickStep,
): Promise<Picked | typeof back | null> {
  const input = vscode.window.createQuickPick<FlowItem>();
  input.title = choices.title;
  if (of > 1) {
    input.step = step;
    input.totalSteps = of;
  }
  if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  input.placeholder = side === 'source' ? choices.whoSends : whereTo(picked.from);
  input.ignoreFocusOut = true;
  const items = new EndItems(choices, side, input, {
    from: picked.from ?? '',
    isFirst: of > 1 && step === 1,
  });
  return new Promise((resolve) => {
    const done = (found: Picked | typeof back | null): void => {
      resolve(found);
      items.dispose();
      input.dispose();
    };
    input.onDidTriggerButton(() => done(back));
    input.onDidAccept(async () => {
      // At once where it is known: another pick that opens behind it hides this one in the same turn.
      const item = items.chosen ?? (await items.accepted());
      if (item !== null) done(item.flow);
    });
    input.onDidHide(() => done(null));
    input.show();
    items.update();
  });
}

function whereTo(from: string | undefined): string {
  return from === undefined
    ? vscode.l10n.t('Where to? A Service, or an address with a port such as 10.96.0.10:53')
    : vscode.l10n.t('Where to, from {0}? A Service, or an address with a port', inPick(from));
}
