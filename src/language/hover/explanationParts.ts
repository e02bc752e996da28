/** What an explanation says, in paragraphs of Markdown, for every language of rules. */
import type { ExplainedEndpoint, Explanation } from '../../kubeproxy/explain/explanation.ts';
import { percent } from '../../kubeproxy/words/percent.ts';
import { code, escaped, tableOf } from '../markdown.ts';
import { listed, withSeparators } from '../words.ts';

/** A hover is read at a glance: more rows belong into the tree. */
const MOST_ENDPOINTS = 8;
const MOST_FRONTENDS = 6;

/** Warnings first; an empty part is one that it has not. */
export function explanationParts(explanation: Explanation): readonly string[] {
  return [
    ...explanation.warnings.map((warning) => `⚠ ${escaped(warning)}`),
    endpointTable(explanation.endpoints),
    reachedBy(explanation.reachedBy),
    [...explanation.sentences, endSentence(explanation)]
      .filter((each) => each !== '')
      .map(escaped)
      .join(' '),
  ];
}

function endSentence({ ending, owner }: Explanation): string {
  const whose = owner === null ? '' : `Made by ${owner}.`;
  const ends =
    ending === ''
      ? ''
      : `${ending.charAt(0).toUpperCase()}${ending.slice(1)}${ending.endsWith('.') ? '' : '.'}`;
  return [ends, whose].filter((each) => each !== '').join(' ');
}

function endpointTable(endpoints: readonly ExplainedEndpoint[]): string {
  if (endpoints.length === 0) return '';
  const counting = endpoints.some(({ packets }) => packets !== null);
  const noted = endpoints.some(({ note }) => note !== '');
  const columns = [
    { title: 'share', right: true },
    { title: 'endpoint' },
    { title: 'pod' },
    ...(counting ? [{ title: 'packets', right: true }] : []),
    ...(noted ? [{ title: '' }] : []),
  ];
  const rows = endpoints
    .slice(0, MOST_ENDPOINTS)
    .map((each) => [
      each.share === null ? '–' : escaped(percent(each.share)),
      code(each.endpoint),
      escaped(each.pod),
      ...(counting ? [each.packets === null ? '' : withSeparators(each.packets)] : []),
      ...(noted ? [escaped(each.note)] : []),
    ]);
  const rest = endpoints.length - rows.length;
  return `${tableOf(columns, rows)}${rest > 0 ? `\n\n… ${withSeparators(rest)} more` : ''}`;
}

function reachedBy(frontends: readonly string[]): string {
  return frontends.length === 0 ? '' : `Reached by ${listed(frontends.map(escaped), MOST_FRONTENDS)}.`;
}
