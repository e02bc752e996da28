/** Whether labels fit a selector (apimachinery: LabelSelector). */
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { LabelExpression, LabelSelector } from '../../kubernetes/networkPolicy.ts';

/** Labels of something, and whether they are all that it has. */
export interface KnownLabels {
  readonly labels: ReadonlyMap<string, string>;
  readonly isAll: boolean;
}

/** Null where a label decides that is not known, or an operator does. */
export function fits({ labels, expressions }: LabelSelector, of: KnownLabels): boolean | null {
  const answers = [
    ...[...labels].map(([key, value]) => {
      const own = valueIn(of, key);
      return own === null ? null : own === value;
    }),
    ...expressions.map((expression) => expressionFits(expression, of)),
  ];
  return allOf(answers);
}

/** True where all are, false where one is false, else not known. */
export function allOf(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

/** True where one is, false where none is, else not known. */
export function anyOf(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}

/** Undefined where it has none, null where that is not known. */
function valueIn({ labels, isAll }: KnownLabels, key: string): string | undefined | null {
  return labels.get(key) ?? (isAll ? undefined : null);
}

function expressionFits({ key, operator, values }: LabelExpression, of: KnownLabels): boolean | null {
  const value = valueIn(of, key);
  if (value === null) return null;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return null;
  }
}

/** The label that the API server gives every namespace, which nobody can take away. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Of a namespace that is not among the objects its name alone is known. */
export function labelsOfNamespace(name: string, { namespaces }: KubernetesObjects): KnownLabels {
  const found = namespaces.find((each) => each.name === name);
  const labels = new Map([...(found?.labels ?? []), [NAME_LABEL, name] as const]);
  return { labels, isAll: found !== undefined };
}

/** `app=web,tier in (a,b)`; `all` for one that everything fits. */
export function selectorWords({ labels, expressions }: LabelSelector): string {
  const words = [
    ...[...labels].map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values }) =>
      operator === 'Exists'
        ? key
        : operator === 'DoesNotExist'
          ? `!${key}`
          : `${key} ${operator === 'In' ? 'in' : operator === 'NotIn' ? 'notin' : operator} (${values.join(',')})`,
    ),
  ];
  return words.length === 0 ? 'all' : words.join(',');
}
