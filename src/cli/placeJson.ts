/** Places in the rules that a command was given, as its JSON names them. */
import type { FindingPlace } from '../kubeproxy/findings/finding.ts';
import { placeText } from '../kernel/ruleAt.ts';
import { linesOf } from '../rules/iptables/linesOf.ts';
import { type FilePlace, placeInFile } from './filePlace.ts';
import type { Rules } from './readRules.ts';

/** `{"file","line","column","rule"}`, counted from 1; `rule` is null for what is none: a declaration. */
export function placeJson(at: FindingPlace, rules: Rules): object {
  const { path, place } = fileOf(at, rules);
  return {
    file: path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    rule: 'index' in at ? placeText(at) : null,
  };
}

/** The file that a place is in; null for both where there is none. */
export function fileOf(
  at: FindingPlace,
  { named, analysis }: Rules,
): { readonly path: string | null; readonly place: FilePlace | null } {
  const file = named.find(({ source }) => source === at.source);
  const whole = file?.whole ?? analysis.sources.get(at.source)?.text.ruleset;
  return {
    path: file?.path ?? null,
    place: whole === undefined ? null : placeInFile(at.span, linesOf(whole), whole),
  };
}
