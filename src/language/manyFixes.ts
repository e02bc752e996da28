/** Fixes of many findings as one change of a document. */
import type { Finding, Fix } from '../kubeproxy/findings/finding.ts';
import type { Steps } from '../values/steps.ts';

type Change = Fix['changes'][number];

/** The fix of a finding that most people want; null where it has none. */
export function preferredFix({ fixes }: Finding): Fix | null {
  return fixes.find((fix) => fix.preferred) ?? null;
}

/**
 * The fix of a finding that may be applied unasked; null where it has none. What iptables-restore takes is left as it is:
 * a fix would change what is loaded.
 */
export function certainFix(finding: Finding): Fix | null {
  const fix = preferredFix(finding);
  return finding.severity === 'error' && fix?.certain === true ? fix : null;
}

/** What stays of `fixes` where each is applied at most once and none touches the words of another; of two, the first stays. */
export function* apart(fixes: readonly Fix[]): Steps<readonly Fix[]> {
  const distinct = [...new Map(fixes.map((fix) => [JSON.stringify(fix.changes), fix])).values()];
  const placed = distinct
    .flatMap((fix) => fix.changes.map((change) => ({ fix, change })))
    .toSorted((a, b) => a.change.span.start - b.change.span.start || a.change.span.end - b.change.span.end);
  yield;
  const dropped = new Set<Fix>();
  let last: Placed | null = null;
  for (const each of placed) {
    if (dropped.has(each.fix)) continue;
    if (last !== null && last.fix !== each.fix && touches(last.change, each.change)) {
      dropped.add(each.fix);
      continue;
    }
    last = each;
  }
  return distinct.filter((fix) => !dropped.has(fix));
}

interface Placed {
  readonly fix: Fix;
  readonly change: Change;
}

/** `next` begins behind or with `before`. Lines that are put in at one place stand one below the other. */
function touches(before: Change, next: Change): boolean {
  return next.span.start <= before.span.end && !(isNewLine(before) && isNewLine(next));
}

function isNewLine({ span, newText }: Change): boolean {
  return span.start === span.end && newText.startsWith('\n');
}
