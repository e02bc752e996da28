/** Every word that the panel itself says (what the rules and the server say comes with the answer). */
import { plural } from '../shared/strings.ts';
import type { ToldDiagnosis, ToldStep } from '../../kubeproxy/diagnose/told.ts';

const answers: Readonly<Record<ToldDiagnosis<unknown>['state'], string>> = {
  ok: 'Works',
  warn: 'Works, but',
  fail: 'Does not work',
  unknown: 'Not known',
};

const states: Readonly<Record<ToldStep<unknown>['state'], string>> = {
  ok: 'in order',
  warn: 'worth a look',
  fail: 'wrong',
  unknown: 'not known',
  skipped: 'does not apply',
};

export const strings = {
  answers,
  states,
  again: 'Diagnose again',
  working: 'Looking at the Service …',
  cancelled: 'Cancelled.',
  failed: 'The Service could not be diagnosed',
  retry: 'Try again',
  steps: 'What was looked at, in order',
  said: 'As said above.',
  ways: 'From each place to each frontend',
  frontend: 'Frontend',
  arrives: 'arrives',
  /** Of a cell that stands for no packet. */
  nobody: 'not asked from there',
  rulesOf: (time: string, age: string) => `rules of ${time}, ${age}`,
  cell: (way: string, words: string, headline: string) =>
    `${way}: ${words}. ${headline.replace(/\.$/, '')}. Trace this packet`,
  showRule: 'Show the rule',
  trace: 'Trace this packet',
  openObject: 'Open the object',
  copyCommand: (command: string) => `Copy: ${command}`,
  copied: 'Copied',
  more: (count: number) => `Show ${plural(count, 'more', 'more')}`,
} as const;
