/** Lines that are none of the known forms, and what a table lacks. */
import type { ChainDeclaration } from '../../../rules/iptables/nodes.ts';
import { type Cure, type FaultyLine, wordAt, write } from './line.ts';

/** `iptables -A …` in a dump, `A INPUT …`, `-a INPUT …`, `commit` */
export function badLine(line: FaultyLine): Cure | null {
  if (line.code !== 'bad-line') return null;
  const [first] = line.words;
  if (first === undefined) return null;
  const { text } = first;
  if (/^commit[;.]?$/i.test(text) && line.words.length === 1)
    return {
      ...write(line, 0, 0, 'COMMIT', 'Write it in capital letters, and nothing else on the line: COMMIT.'),
      certain: true,
    };
  if (/^(?:sudo|(?:\/\S+\/)?ip6?tables)$/.test(text)) {
    const verb = line.words.find((word) => /^-[A-Z]$/.test(word.text));
    if (verb === undefined) return null;
    return {
      hint: `In a file for iptables-restore a line begins with its command: write "${verb.text} ${wordAt(line, line.words.indexOf(verb) + 1)} …".`,
      title: 'Remove the name of the program',
      changes: [{ span: { start: first.start, end: verb.start }, newText: '' }],
      // What stands between may name another table.
      certain: line.words[1] === verb,
    };
  }
  const command = /i/i.test(text.replace(/^-*/, '').charAt(0)) ? '-I' : '-A';
  const chain = wordAt(line, 1);
  if (text === command) return insertedTooFar(line);
  if (!/^-?[AaIi]$|^--?(?:add|append)$/.test(text) || !/^[A-Z]/.test(chain)) return null;
  const why = text.startsWith('-')
    ? 'Commands are written in capital letters'
    : 'A command begins with a hyphen';
  const hint = `${why}: write "${command} ${chain}", not "${text} ${chain}".`;
  return { ...write(line, 0, 0, command, hint), certain: command === '-A' };
}

/** `-I INPUT 5` in a chain of two rules: the rule is the last one then. */
function insertedTooFar(line: FaultyLine): Cure | null {
  const chain = wordAt(line, 1);
  if (wordAt(line, 0) !== '-I' || line.words.length < 4) return null;
  if (/^0+$/.test(wordAt(line, 2)))
    return write(line, 2, 2, '1', `Write "-I ${chain} 1" to put the rule before all others.`);
  if (!/^[1-9]\d*$/.test(wordAt(line, 2))) return null;
  return write(
    line,
    0,
    2,
    `-A ${chain}`,
    `Write "-A ${chain}", which puts the rule behind all others of the chain.`,
  );
}

/** A table without COMMIT: before the next table, else at the end. */
export function missingCommit(line: FaultyLine): Cure | null {
  const { table, text } = line;
  if (line.code !== 'missing-commit' || table === null) return null;
  const small = /^[ \t]*commit[ \t;.]*$/im.exec(text.slice(table.span.start));
  if (small !== null) {
    const start = table.span.start + small.index;
    const span = { start, end: start + small[0].length };
    return {
      hint: 'Write "commit" in capital letters: COMMIT.',
      title: 'Write "COMMIT"',
      changes: [{ span, newText: 'COMMIT' }],
      certain: true,
    };
  }
  const feed = text.indexOf('\n', table.span.end);
  const end = feed < 0 ? text.length : feed + 1;
  const newText = feed < 0 ? '\nCOMMIT\n' : 'COMMIT\n';
  return {
    hint: 'End it with a line "COMMIT".',
    title: 'Add COMMIT',
    changes: [{ span: { start: end, end }, newText }],
  };
}

/** `:INPUT drop [0:0]`, `:INPUT DENY [0:0]` */
export function policy(line: FaultyLine): Cure | null {
  if (line.code !== 'bad-policy') return null;
  const written = wordAt(line, line.at);
  if (/^(?:DROP)$/.test(written)) return dropInNat(line);
  const meaning = /^(?:drop|deny|block|reject)$/i.test(written)
    ? 'DROP'
    : /^(?:accept|allow|pass)$/i.test(written)
      ? 'ACCEPT'
      : null;
  if (meaning === null) return null;
  return {
    ...write(line, line.at, line.at, meaning),
    certain: written.toUpperCase() === meaning && line.table?.name !== 'nat',
  };
}

/** A policy DROP of table nat belongs to table filter. */
function dropInNat(line: FaultyLine): Cure | null {
  const chain = wordAt(line, line.at - 1).replace(/^:/, '');
  const { table } = line;
  if (table?.start === null || table === null || !['INPUT', 'FORWARD', 'OUTPUT'].includes(chain)) return null;
  const { start } = table.start;
  return {
    hint: `Set the policy in table filter.`,
    title: 'Set the policy in table filter',
    changes: [
      { span: { start, end: start }, newText: `*filter\n:${chain} DROP [0:0]\nCOMMIT\n` },
      { span: { start: line.start, end: Math.min(line.text.length, line.end + 1) }, newText: '' },
    ],
  };
}

/** A chain that is declared below its first rule. */
export function declaredBelow(line: FaultyLine): Cure | null {
  if (line.code !== 'undeclared-chain') return null;
  const declaration = line.table?.chains.get(wordAt(line, line.at))?.declaration ?? null;
  if (declaration === null || declaration.start < line.start) return null;
  return {
    hint: `It is declared below: put ":${declaration.name.text} - [0:0]" before its first rule.`,
    title: `Declare chain ${declaration.name.text} before this rule`,
    changes: [
      {
        span: { start: line.start, end: line.start },
        newText: `${line.text.slice(declaration.start, declaration.end)}\n`,
      },
      {
        span: { start: declaration.start, end: Math.min(line.text.length, declaration.end + 1) },
        newText: '',
      },
    ],
  };
}

const LONGEST_CHAIN = 28;

/** A chain's name that is too long: shortened wherever it stands. */
export function shorterName(line: FaultyLine): Cure | null {
  if (line.code !== 'chain-name-too-long' || line.table === null) return null;
  const long = wordAt(line, line.at).replace(/^:/, '');
  const short = long.slice(0, LONGEST_CHAIN).replace(/[-_]+$/, '');
  if (line.table.chains.has(short) || short === '' || /[^ -~]/.test(long)) return null;
  return {
    hint: `Shorten it, ${short} say, wherever it stands.`,
    title: `Rename the chain to ${short}`,
    changes: places(line, long, short),
  };
}

function places({ text, table }: FaultyLine, long: string, short: string): Cure['changes'] {
  const words = [...(table?.chains.values() ?? [])].flatMap((chain) => [
    ...(chain.declaration === null ? [] : [nameOf(chain.declaration)]),
    ...chain.rules.flatMap((rule) => [rule.chain, ...(rule.target === null ? [] : [rule.target.name])]),
  ]);
  return words
    .filter((word) => word.text === long && text.slice(word.start, word.end) === long)
    .map(({ start, end }) => ({ span: { start, end }, newText: short }));
}

function nameOf({ name }: ChainDeclaration): ChainDeclaration['name'] {
  return name;
}

/** `"80:90 -j ACCEPT`: the quote ends with the word. */
export function openQuote(line: FaultyLine): Cure | null {
  if (line.code !== 'unterminated-quote' || line.at < 0) return null;
  const word = line.words[line.at];
  const quote = word === undefined ? -1 : line.text.indexOf('"', word.start);
  if (word === undefined || quote < 0) return null;
  const inner = line.text.slice(quote + 1, line.end);
  const option = / (?=-{1,2}[a-zA-Z])/.exec(inner);
  const end = quote + 1 + (option?.index ?? inner.length);
  return {
    hint: `Close it where the value ends.`,
    title: 'Close the quote',
    changes: [{ span: { start: end, end }, newText: '"' }],
  };
}
