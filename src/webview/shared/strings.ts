/** The words of the parts that every panel has. With each panel's own `strings.ts` the only places to translate. */

export const number = new Intl.NumberFormat('en-US');

/** `1 rule`, `1,200 rules` */
export function plural(count: number, one: string, many: string): string {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

export const sharedStrings = {
  copyAs: 'Copy as',
  copied: 'Copied',
  formats: {
    markdown: 'Markdown',
    command: 'Command line',
    json: 'JSON',
    mermaid: 'Mermaid',
    svg: 'SVG',
    png: 'PNG',
    picture: 'Picture in a file…',
  },
  openChoices: (label: string) => `Show what ${label} can be`,
  choices: (label: string) => `${label}: choices`,
  choicesCount: (count: number) => plural(count, 'choice', 'choices'),
  verdicts: {
    forward: 'Forwarded',
    local: 'Delivered on this node',
    drop: 'Dropped',
    reject: 'Rejected',
    unknown: 'Not known',
    mixed: 'It depends',
    unanswered: 'Not answered',
    accept: 'Accepted',
  },
  cut: (left: number) => `… ${number.format(left)} more characters`,
} as const;
