/** Comments: those of rules that have to do with the line, and what rules like it say of other Services, said of this one. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { Rule } from '../../rules/iptables/nodes.ts';
import { allCommentsOf } from '../../kubeproxy/words/ruleView.ts';
import { commentEndpoints, endpointsIn } from './addressItems.ts';
import type { Candidate } from './candidates.ts';
import { byCount, type PlaceContext } from './context.ts';
import { ENDPOINT, SERVICE_NAME } from './linkWords.ts';
import type { ValuePlace } from './place.ts';

/** Forms of comments that are tried for a name, the most frequent first. */
const MOST_FORMS = 6;
const LONGEST = 255;
/** Names that are tried. */
const MOST_NAMES = 500;

export function commentLists(context: PlaceContext<ValuePlace>): readonly Iterable<Candidate>[] {
  const near = [...new Set(context.related.flatMap(shortComments))];
  const own = new Set(context.own.flatMap(shortComments));
  const forms = commentForms(context);
  return [
    spoken(context, forms, namesIn(near), own),
    near.map(candidate),
    [...new Set(forms)].filter((form) => !form.includes('\0')).map(candidate),
    spoken(context, forms, servicesLike(context), own),
  ];
}

/** iptables takes 255 bytes. */
function shortComments(rule: Rule): readonly string[] {
  return allCommentsOf(rule).filter(({ length }) => length <= LONGEST);
}

/** What comments of chains like this are made like: `\0 cluster IP`, `\0 -> \u0001`. */
function commentForms({ request, kind, place }: PlaceContext): readonly string[] {
  const counts = new Map<string, number>();
  for (const [comment, count] of request.habits.values(kind, '--comment')) {
    if (comment === place.typed) continue;
    const form = comment.replace(SERVICE_NAME, '\0').replace(ENDPOINT, '\u0001');
    counts.set(form, (counts.get(form) ?? 0) + count);
  }
  return byCount(counts).slice(0, MOST_FORMS);
}

function namesIn(comments: readonly string[]): readonly string[] {
  return [...new Set(comments.flatMap((comment) => SERVICE_NAME.exec(comment)?.[0] ?? []))];
}

/** The Services that what is typed may begin: a form begins with the name, or with words of its own. */
function servicesLike({ request, place }: PlaceContext): readonly string[] {
  const { services } = request.names;
  const begun = services.filter((name) => name.startsWith(place.typed));
  return begun.length > 0 ? begun.slice(0, MOST_NAMES) : services.slice(0, MOST_NAMES);
}

/** Each name in each form; with an endpoint, one that rules of that name translate to and no rule of the chain has. */
function* spoken(
  context: PlaceContext,
  forms: readonly string[],
  names: Iterable<string>,
  own: ReadonlySet<string>,
): Generator<Candidate> {
  for (const name of names) {
    for (const form of forms) {
      if (!form.includes('\0')) continue;
      const text = form.replace('\0', name);
      if (!text.includes('\u0001')) {
        if (!own.has(text)) yield candidate(text);
        continue;
      }
      for (const endpoint of endpointsOf(context, name)) {
        const whole = text.replace('\u0001', endpoint);
        if (!own.has(whole)) yield candidate(whole);
      }
    }
  }
}

function endpointsOf(context: PlaceContext, name: string): Iterable<string> {
  const rules: readonly Rule[] = context.withWord(name).map(({ rule }) => rule);
  return new Set(rules.flatMap((rule) => [...endpointsIn(rule), ...commentEndpoints(rule)]));
}

function candidate(text: string): Candidate {
  return { text, kind: CompletionItemKind.Text };
}
