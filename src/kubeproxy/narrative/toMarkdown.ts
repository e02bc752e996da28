/** A narrative for a ticket, in GitHub's Markdown. Whatever came from a dump is escaped: it cannot become markup. */
import type { Narrative, NarrativeContinuation, NarrativeGroup, NarrativeStep } from './narrative.ts';
import { shareWords } from './words.ts';
import { largest } from '../../text/lists.ts';

/**
 * The headline, the details, a table of outcomes and the path of the first; the same of the nodes where the packet goes on.
 * `command`: what gives the same in a terminal.
 */
export function toMarkdown(
  narrative: Narrative,
  command: string,
  continuations: readonly NarrativeContinuation[] = [],
): string {
  const parts = [
    ...narrativeParts(narrative),
    ...continuations.slice(0, MOST_CONTINUATIONS).flatMap(continuationParts),
    fenced(command, 'sh'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A ticket is read by people. */
const MOST_CONTINUATIONS = 8;

function narrativeParts({ headline, details, groups, assumptions }: Narrative): readonly string[] {
  return [
    `**${prose(headline)}**`,
    details.map(prose).join(' '),
    ...groups.flatMap(groupParts),
    assumptions.map(({ message }) => `- Assumed: ${prose(message)}`).join('\n'),
  ];
}

function continuationParts(continuation: NarrativeContinuation): readonly string[] {
  const { node, packet, narrative, message, continuations } = continuation;
  const title = `#### ${prose(`On ${node}: ${packet}`)}`;
  if (narrative === null) return [title, prose(message)];
  return [title, ...narrativeParts(narrative), ...continuations.flatMap(continuationParts)];
}

function groupParts({ condition, outcomes }: NarrativeGroup): string[] {
  const rows = outcomes.map(({ share, verdict, title, subtitle }) => [
    shareWords(share),
    verdict,
    code(title).replaceAll('|', String.raw`\|`),
    prose(subtitle),
  ]);
  const [first] = outcomes;
  const path = first ? pathLines(first.path, 0) : [];
  return [
    condition === '' ? '' : `*${prose(condition)}:*`,
    [
      '| share | verdict | to | |',
      '|--:|---|---|---|',
      ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    ].join('\n'),
    path.join('\n'),
  ];
}

function pathLines(steps: readonly NarrativeStep[], depth: number): string[] {
  return steps.flatMap((step) => {
    const number = step.number === null ? '' : `rule ${step.number}: `;
    const text = step.kind === 'rule' ? code(step.label) : prose(step.label);
    const behind = [step.chance ?? '', step.detail].filter((part) => part !== '').map(prose);
    const line = `${'  '.repeat(depth)}- ${number}${[text, ...behind].join(' · ')}`;
    return [line, ...pathLines(step.children, depth + 1)];
  });
}

/** Plain text as prose: no character of it means anything to Markdown or HTML, and nobody is mentioned. */
function prose(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]|~]/g, String.raw`\$&`)
    .replace(/^([-+>#])/, String.raw`\$1`)
    .replace(/^(\d+)([.)])/, String.raw`$1\$2`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '&#64;')
    .replace(/(https?|ftp):\/\//gi, '$1&#58;//')
    .replace(/www\./gi, 'www&#46;');
}

/** A code span that holds any text, backticks too. */
function code(text: string): string {
  const line = oneLine(text);
  const longest = largest(
    [...line.matchAll(/`+/g)].map(([run]) => run.length),
    0,
  );
  const fence = '`'.repeat(longest + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return line === '' ? '' : `${fence}${space}${line}${space}${fence}`;
}

function fenced(text: string, language: string): string {
  if (text === '') return '';
  const longest = largest(
    [...text.matchAll(/`+/g)].map(([run]) => run.length),
    2,
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${oneLine(text)}\n${fence}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
