import type { Steps } from '../../values/steps.ts';
import type { Choice } from './choice.ts';

/** The words of a query, in lower case. */
export function queryWords(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** So many are looked at before others may have their turn. */
const CHOICES_PER_STEP = 500;

/** Those whose label and description hold every word of the query, in order; `choices` is read only as far as needed. */
export function* matchingChoices(
  choices: Iterable<Choice>,
  query: string,
  limit: number,
): Steps<readonly Choice[]> {
  const words = queryWords(query);
  const found: Choice[] = [];
  let looked = 0;
  if (limit <= 0) return found;
  for (const choice of choices) {
    if (++looked % CHOICES_PER_STEP === 0) yield;
    const text = `${choice.label} ${choice.description}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    found.push(choice);
    if (found.length >= limit) break;
  }
  return found;
}
