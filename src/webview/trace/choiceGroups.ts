/** The choices of the trace form, as its fields show them. */
import type { ChoiceGroup, ChoiceItem } from '../shared/choiceBox.ts';
import { strings } from './strings.ts';
import { groupBy } from '../../text/groupBy.ts';
import type { Choice, FlowForm } from '../../protocol/requests.ts';

type Choose = (patch: Partial<FlowForm>) => void;

const glyphs = { pod: 'symbol-namespace', external: 'globe', node: 'vm', service: 'server-process' } as const;

type Listed = Choice & { readonly kind: keyof typeof glyphs };

/** What was typed stands in the field. */
function isListed(choice: Choice): choice is Listed {
  return choice.kind !== 'typed';
}

/** What the form's field says of a choice: `pod:10.244.1.7`, `node`, `10.96.12.3:80`. */
function fieldText({ form }: Choice): string {
  return form.from ?? form.to ?? '';
}

/** Sources by their kind; `choose` gets the fields that choosing one sets, and those that it clears. */
export function sourceGroups(choices: readonly Choice[], choose: Choose): readonly ChoiceGroup[] {
  const kinds = groupBy(choices.filter(isListed), ({ kind }) => kind);
  return Array.from(kinds, ([kind, alike]) => ({
    heading: strings.sources[kind],
    glyph: glyphs[kind],
    items: alike.map((choice) => item(choice, choice.label, choice.description, choose)),
  }));
}

/** Destinations by their Service or pod; `choose` gets the fields that choosing one sets, and those that it clears. */
export function destinationGroups(choices: readonly Choice[], choose: Choose): readonly ChoiceGroup[] {
  const named = groupBy(choices.filter(isListed), ({ label }) => label);
  return Array.from(named, ([heading, alike]) => ({
    heading,
    glyph: glyphs[alike[0]?.kind ?? 'service'],
    items: alike.map((choice) => item(choice, choice.description, '', choose)),
  }));
}

/** What an earlier choice filled in, and this one says nothing of, is gone. */
function item(choice: Choice, label: string, description: string, choose: Choose): ChoiceItem {
  const cleared = choice.side === 'source' ? { interface: '' } : { protocol: '' };
  const text = fieldText(choice);
  return { label, description, text, choose: () => choose({ ...cleared, ...choice.form }) };
}
