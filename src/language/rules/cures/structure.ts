/** Words that stand where none should, and lines that are more than one rule. */
import { findTarget } from '../../../rules/iptables/catalogue/targets.ts';
import { builtInChains } from '../../../rules/iptables/builtInChains.ts';
import { standardVerdicts } from '../../targets.ts';
import {
  certainly,
  type Cure,
  type FaultyLine,
  inserted,
  loaded,
  optionAt,
  removed,
  rewritten,
  takes,
  wordAt,
  write,
} from './line.ts';
import { capital, tornValue, undashed } from './torn.ts';
import { oneDash } from './values.ts';

type StrayCure = (line: FaultyLine, word: string) => Cure | null;

/** A word that nothing in the rule knows. */
export function stray(line: FaultyLine): Cure | null {
  if (line.code !== 'unknown-option' && line.code !== 'missing-value') return null;
  const word = wordAt(line, line.at);
  for (const cure of strayCures) {
    const found = cure(line, word);
    if (found !== null) return found;
  }
  return null;
}

/** `- j ACCEPT` */
const brokenOption: StrayCure = (line, word) => {
  const next = wordAt(line, line.at + 1);
  return (word === '-' || word === '--') && /^[a-z]/i.test(next)
    ? write(
        line,
        line.at,
        line.at + 1,
        word + next,
        `Write "${word}${next}" as one word, not "${word} ${next}".`,
      )
    : null;
};

/** `# allow ssh` behind a rule. */
const trailingComment: StrayCure = (line, word) =>
  /^(?:#|\/\/)/.test(word)
    ? {
        hint: 'A comment stands on a line of its own that begins with "#", or in the rule as -m comment --comment "…".',
        title: 'Remove the comment',
        changes: removed(line, line.at, line.words.length - 1),
      }
    : null;

/** `ACCEPT` without `-j`, or before it. */
const bareTarget: StrayCure = (line, word) => {
  if (wordAt(line, line.at) === '-j' && line.at === line.words.length - 1) {
    const before = wordAt(line, line.at - 1);
    return standardVerdicts.has(before) ? write(line, line.at - 1, line.at, `-j ${before}`) : null;
  }
  if (!isTarget(line, word)) return null;
  const behind = wordAt(line, line.at + 1) === '-j' && line.at + 2 === line.words.length;
  return write(line, line.at, line.at + (behind ? 1 : 0), `-j ${word}`);
};

function isTarget({ table }: FaultyLine, word: string): boolean {
  return standardVerdicts.has(word) || findTarget(word) !== null || table?.chains.has(word) === true;
}

/** `--comment allow ssh`: the words behind free text belong to it. */
const unquoted: StrayCure = (line, word) => {
  if (word.startsWith('-') || optionAt(line, line.at - 2)?.kind !== 'text') return null;
  let last = line.at;
  while (last + 1 < line.words.length && !/^[-!]/.test(wordAt(line, last + 1))) last++;
  const text = line.words
    .slice(line.at - 1, last + 1)
    .map((each) => each.text)
    .join(' ');
  const certain = !line.words.slice(line.at, last + 1).some((each) => isTarget(line, each.text));
  return { ...write(line, line.at - 1, last, `"${text}"`, `Put the text in quotes: "${text}".`), certain };
};

/** `--dports 80 443`, `--ctstate NEW, ESTABLISHED` */
const spacedList: StrayCure = (line, word) => {
  const option = optionAt(line, line.at - 2);
  if (option === null || word.startsWith('-')) return null;
  const before = wordAt(line, line.at - 1);
  const joined = `${before.replace(/,$/, '')},${word.replace(/^,/, '')}`;
  return takes(line, option, joined) && /List|[sS]tates|Types|keywords/.test(option.kind ?? '')
    ? write(line, line.at - 1, line.at, joined, `Write the list as one word: ${joined}.`)
    : null;
};

/** `-m state NEW`, `-j DNAT 10.0.0.1`: the option of the extension whose value it is. */
const bareValue: StrayCure = (line, word) => {
  if (!/^-[mj]$/.test(wordAt(line, line.at - 2)) || word.startsWith('-')) return null;
  const name = wordAt(line, line.at - 1);
  const extension = loaded(line).find((each) => each.name === name || each.aliases.includes(name));
  const wanted = extension?.needs.flat() ?? [];
  const options = extension?.options.filter(({ values, kind }) => values === 1 && kind !== 'word') ?? [];
  const ordered = [...options.filter((option) => wanted.includes(option.name)), ...options];
  const option = ordered.find((each) => takes(line, each, word));
  if (option === undefined) return null;
  return {
    hint: `Write "${option.name} ${word}".`,
    title: `Insert ${option.name}`,
    changes: inserted(line, line.at, option.name),
    certain: options.filter((each) => takes(line, each, word)).length === 1,
  };
};

/** `-j LOG -j DROP`: a rule for each target. */
const secondTarget: StrayCure = (line, word) => {
  const first = line.words.findIndex(({ text }) => text === '-j' || text === '-g');
  if (!/^-[jg]$/.test(word) || first < 0 || first >= line.at) return null;
  let end = first + 2;
  while (end < line.at && !isGeneral(wordAt(line, end))) end++;
  const [from, to] = [line.words[first], line.words[end - 1]];
  const [second, behind] = [line.words[line.at], line.words[line.at + 1]];
  if (from === undefined || to === undefined || second === undefined || behind === undefined) return null;
  const { text } = line;
  const one = `${text.slice(line.start, second.start).trimEnd()}${text.slice(behind.end, line.end)}`;
  const two = `${text.slice(line.start, from.start)}${text.slice(to.end, line.end).trimStart()}`;
  return {
    hint: 'A rule has one target: write two rules, the one that goes on (LOG) first.',
    title: 'Write two rules',
    changes: [{ span: { start: line.start, end: line.end }, newText: `${one}\n${two}` }],
  };
};

function isGeneral(word: string): boolean {
  return /^-[a-zA-Z]$/.test(word) || word === '!';
}

/** `-p icmp --icmp-type 8` among rules of IPv6. */
export function icmpOfIPv6(line: FaultyLine): Cure | null {
  const type = line.words.findIndex(({ text }) => text === '--icmp-type');
  const protocol = line.words.findIndex(
    ({ text }, index) => text === 'icmp' && wordAt(line, index - 1) === '-p',
  );
  if (line.family !== 6 || type < 0) return null;
  const match = line.words.findIndex(
    ({ text }, index) => text === 'icmp' && wordAt(line, index - 1) === '-m',
  );
  return {
    hint: 'IPv6 has ICMPv6: write "-p ipv6-icmp" and "--icmpv6-type".',
    title: 'Write it for ICMPv6',
    changes: [
      ...rewritten(line, protocol, protocol, 'ipv6-icmp'),
      ...rewritten(line, match, match, 'icmp6'),
      ...rewritten(line, type, type, '--icmpv6-type'),
    ],
    // A number is another type there.
    certain: /^[a-z]/.test(wordAt(line, type + 1)),
  };
}

/** `--reject-with tcp-reset` in a rule that is for another protocol, or for all. */
export function resetOfTcp(line: FaultyLine): Cure | null {
  if (line.code !== 'protocol-needed' || !wordAt(line, line.at + 1).startsWith('tcp-r')) return null;
  if (!line.words.some(({ text }) => text === '-p')) return null;
  const other = line.family === 6 ? 'icmp6-port-unreachable' : 'icmp-port-unreachable';
  return {
    hint: `Answer with ${other}, or make it a rule for TCP.`,
    title: `Answer with ${other}`,
    changes: rewritten(line, line.at + 1, line.at + 1, other),
  };
}

/** `-i` where packets have no such interface: the other one is most likely meant. */
export function otherInterface(line: FaultyLine): Cure | null {
  const letter = wordAt(line, line.at);
  if (line.code !== 'match-not-allowed' || !/^-[io]$/.test(letter)) return null;
  const other = letter === '-i' ? '-o' : '-i';
  const value = wordAt(line, line.at + 1);
  return write(line, line.at, line.at, other, `Write "${other} ${value}", or leave it out.`);
}

/** `--probability 0.5` without `--mode random`: of the values of what is needed, the one that goes with what is there. */
export function neededValue(line: FaultyLine): Cure | null {
  if (line.code !== 'missing-option') return null;
  for (const option of loaded(line).flatMap((extension) => extension.options)) {
    if (option.needs === null || typeof option.needs === 'string') continue;
    const [value] =
      Object.entries(option.needs).find(([, needed]) => line.words.some(({ text }) => text === needed)) ?? [];
    const isThere = line.words.some(({ text }) => text === option.name);
    if (value === undefined || isThere) continue;
    const words = `${option.name} ${value}`;
    const at = line.words.findIndex(
      ({ text }) => text === Object.entries(option.needs ?? {}).find(([key]) => key === value)?.[1],
    );
    return {
      hint: `Write "${words}" before it.`,
      title: `Insert "${words}"`,
      changes: inserted(line, at, words),
    };
  }
  return null;
}

/** `-A POSTROUTING …` in table filter: the table whose chain it is. */
export function otherTable(line: FaultyLine): Cure | null {
  if (line.code !== 'undeclared-chain' && line.code !== 'target-not-allowed') return null;
  const chain = wordAt(line, 1);
  const { table } = line;
  const target = findTarget(wordAt(line, line.words.findIndex(({ text }) => text === '-j') + 1));
  const own =
    target?.tables ?? [...builtInChains.keys()].filter((name) => builtInChains.get(name)?.has(chain));
  const [name] = own.filter((each) => builtInChains.get(each)?.has(chain) === true);
  if (
    name === undefined ||
    table === null ||
    name === table.name ||
    table.start === null ||
    wordAt(line, 0) !== '-A'
  )
    return null;
  const rule = line.text.slice(line.start, line.end);
  const start = table.start.start;
  return {
    hint: `Put the rule into table ${name}, which has chain ${chain}.`,
    title: `Move the rule to table ${name}`,
    changes: [
      { span: { start, end: start }, newText: `*${name}\n${rule}\nCOMMIT\n` },
      { span: { start: line.start, end: Math.min(line.text.length, line.end + 1) }, newText: '' },
    ],
  };
}

const strayCures: readonly StrayCure[] = [
  certainly(brokenOption),
  certainly(trailingComment),
  certainly((line, word) => oneDash(line, word)),
  secondTarget,
  certainly(spacedList),
  certainly(tornValue),
  capital,
  undashed,
  unquoted,
  bareTarget,
  bareValue,
];
