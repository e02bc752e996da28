/** Rules by hand, right ones and wrong ones (`judged/`): what each is, iptables-restore decides. */
import { readFileSync } from 'node:fs';

interface JudgedRule {
  readonly name: string;
  readonly family: 4 | 6;
  readonly text: string;
}

function read(name: string): string {
  return readFileSync(new URL(`judged/${name}`, import.meta.url), 'utf8');
}

/** A line is a rule, put into a table that also has the chains X and Y. */
function inTable(table: string, family: 4 | 6): JudgedRule[] {
  const rules = read(`${table}${family}.iptables`).split('\n').slice(0, -1);
  return rules.map((rule) => ({
    name: `${table} ${family}: ${rule}`,
    family,
    text: `*${table}\n:X - [0:0]\n:Y - [0:0]\n${rule}\nCOMMIT\n`,
  }));
}

function whole(family: 4 | 6): JudgedRule[] {
  const texts: unknown = JSON.parse(read(`whole${family}.json`));
  if (!Array.isArray(texts)) throw new Error('A list of texts is expected.');
  return texts.map((text) => ({ name: `${family}: ${JSON.stringify(text)}`, family, text: String(text) }));
}

export const judgedRules: readonly JudgedRule[] = [
  ...inTable('filter', 4),
  ...inTable('nat', 4),
  ...inTable('mangle', 4),
  ...inTable('mangle', 6),
  ...inTable('filter', 6),
  ...inTable('nat', 6),
  ...whole(4),
  ...whole(6),
];
