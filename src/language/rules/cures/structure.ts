/** Words that stand where none should, and lines that are more than one rule. */
import type { MatchDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { lookup } from '../../../text/lookup.ts';
import { matchDefinitions } from '../../../rules/iptables/catalogue/matches.ts';
import { findTarget, targetDefinitions } from '../../../rules/iptables/catalogue/targets.ts';
import { protocolMatch } from '../../../rules/iptables/parsing/protocols.ts';
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

/** `ACCEPT &&`; `ACCEPT \\` with the rest on the next line. */
const shellEnd: StrayCure = (line, word) => {
  if (line.at < 2 || line.at !== line.words.length - 1) return null;
  if (/^(?:&&?|\|\|?|;)$/.test(word))
    return {
      hint: `Leave "${word}" out.`,
      title: `Remove "${word}"`,
      changes: removed(line, line.at, line.at),
      certain: true,
    };
  const start = line.words[line.at]?.start ?? line.end;
  const [blanks = ''] = /^\r?\n[ \t]*/.exec(line.text.slice(line.end)) ?? [];
  if (line.text.slice(start, line.end).trimEnd() !== '\\' || blanks === '') return null;
  return {
    hint: 'A rule stands on one line: iptables-restore joins none.',
    title: 'Join with the next line',
    changes: [{ span: { start, end: line.end + blanks.length }, newText: '' }],
    certain: true,
  };
};

/** `-A INPUT 1 -p tcp` */
const placeOfAppended: StrayCure = (line, word) =>
  line.at === 2 && wordAt(line, 0) === '-A' && /^[1-9]\d*$/.test(word)
    ? write(
        line,
        0,
        2,
        `-I ${wordAt(line, 1)} ${word}`,
        `A rule is appended behind all others: write "-I ${wordAt(line, 1)} ${word}" for this place.`,
      )
    : null;

/** `--to-destination 10.0.0.1 --to-port 8080` */
const portBeside: StrayCure = (line, word) => {
  const port = wordAt(line, line.at + 1);
  const option = optionAt(line, line.at - 2);
  if (!/^--(?:to-)?(?:d|s)?ports?$/.test(word) || !/^nat(?:Destination|Source)$/.test(option?.kind ?? ''))
    return null;
  const address = wordAt(line, line.at - 1);
  const both = line.family === 6 && !address.startsWith('[') ? `[${address}]:${port}` : `${address}:${port}`;
  return option !== null && takes(line, option, both) ? write(line, line.at - 1, line.at + 1, both) : null;
};

/** `-j MASQUERADE --to-source 10.0.0.1`: the target that has the option. */
const otherTarget: StrayCure = (line, word) => {
  const target = line.words.findIndex(({ text }) => text === '-j') + 1;
  const current = findTarget(wordAt(line, target));
  if (!word.startsWith('--') || current === null || target > line.at) return null;
  const owners = targetDefinitions.filter(({ options }) => options.some(({ name }) => name === word));
  const [owner] = owners;
  if (owner === undefined || owners.length > 1 || matchDefinitions.some(hasOption(word))) return null;
  return {
    hint: `It belongs to -j ${owner.name}.`,
    title: `Change the target to ${owner.name}`,
    changes: rewritten(line, target, target, owner.name),
  };
};

function hasOption(name: string): (extension: MatchDefinition) => boolean {
  return ({ options }) => options.some((option) => option.name === name);
}

/** `ACCEPT` without `-j`, or before it. */
const bareTarget: StrayCure = (line, word) => {
  if (wordAt(line, line.at) === '-j' && line.at === line.words.length - 1) {
    const before = wordAt(line, line.at - 1);
    return standardVerdicts.has(before) ? write(line, line.at - 1, line.at, `-j ${before}`) : null;
  }
  if (!isTarget(line, word)) return null;
  const has = line.words.findIndex(({ text }, index) => index < line.at - 1 && /^-[jg]$/.test(text));
  if (has > 0 && isTarget(line, wordAt(line, has + 1)))
    return {
      hint: `A rule has one target, and this one has ${wordAt(line, has + 1)}: remove "${word}", or write a second rule.`,
      title: `Remove "${word}"`,
      changes: removed(line, line.at, line.at),
    };
  const behind = wordAt(line, line.at + 1) === '-j' && line.at + 2 === line.words.length;
  return write(line, line.at, line.at + (behind ? 1 : 0), `-j ${word}`);
};

function isTarget({ table }: FaultyLine, word: string): boolean {
  return standardVerdicts.has(word) || findTarget(word) !== null || table?.chains.has(word) === true;
}

/** `--comment allow ssh`: the words behind free text belong to it. */
const unquoted: StrayCure = (line, word) => {
  if (word.startsWith('-') || optionAt(line, line.at - 2)?.kind !== 'text') return null;
  if (optionAt(line, line.at - 1) !== null) return withoutText(line);
  let last = line.at;
  while (last + 1 < line.words.length && !/^[-!]/.test(wordAt(line, last + 1))) last++;
  const whole = line.words
    .slice(line.at - 1, last + 1)
    .map((each) => each.text)
    .join(' ');
  // `'allow ssh'`: iptables-restore takes a single quote for a letter.
  const text = /^'[^']*'$/.test(whole) ? whole.slice(1, -1) : whole;
  const certain = !line.words.slice(line.at, last + 1).some((each) => isTarget(line, each.text));
  return { ...write(line, line.at - 1, last, `"${text}"`, `Put the text in quotes: "${text}".`), certain };
};

/** `--comment -j ACCEPT`: a comment without its text. */
function withoutText(line: FaultyLine): Cure | null {
  if (wordAt(line, line.at - 2) !== '--comment') return null;
  const first = wordAt(line, line.at - 4) === '-m' ? line.at - 4 : line.at - 2;
  return {
    hint: '--comment has no text: write one behind it, or leave it out.',
    title: 'Remove the empty comment',
    changes: removed(line, first, line.at - 2),
  };
}

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
  const letter = wordAt(line, line.at - 2);
  if (!/^-[mjp]$/.test(letter) || word.startsWith('-')) return null;
  const name = letter === '-p' ? protocolMatch(wordAt(line, line.at - 1)) : wordAt(line, line.at - 1);
  // Of other protocols it may be either port.
  if (letter === '-p' && !name.startsWith('icmp')) return null;
  const extension = loaded(line).find((each) => each.name === name || each.aliases.includes(name));
  const wanted = extension?.needs.flat() ?? [];
  const options = extension?.options.filter(({ values, kind }) => values === 1 && kind !== 'word') ?? [];
  const ordered = [...options.filter((option) => wanted.includes(option.name)), ...options];
  const option = ordered.find((each) => takes(line, each, word));
  if (option === undefined) return null;
  return {
    hint: /\s/.test(word) ? `Write ${option.name} "${word}".` : `Write "${option.name} ${word}".`,
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

/** Types of ICMP by number, and those of ICMPv6 for the same (RFC 792, RFC 4443, RFC 4861). */
const typesOfIPv6: Readonly<Record<string, string>> = lookup({
  '0': '129',
  '3': '1',
  '5': '137',
  '8': '128',
  '9': '134',
  '10': '133',
  '11': '3',
  '12': '4',
});

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
  const value = wordAt(line, type + 1);
  const ofIPv6 = typesOfIPv6[value];
  return {
    hint: `IPv6 has ICMPv6: write "-p ipv6-icmp" and "--icmpv6-type${ofIPv6 === undefined ? '' : ` ${ofIPv6}`}".`,
    title: 'Write it for ICMPv6',
    changes: [
      ...rewritten(line, protocol, protocol, 'ipv6-icmp'),
      ...rewritten(line, match, match, 'icmp6'),
      ...rewritten(line, type, type, '--icmpv6-type'),
      ...(ofIPv6 === undefined ? [] : rewritten(line, type + 1, type + 1, ofIPv6)),
    ],
    // A number without its like is another type there.
    certain: ofIPv6 !== undefined || /^[a-z]/.test(value),
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
  if (line.words.some(({ text }) => text === other)) {
    const first = wordAt(line, line.at - 1) === '!' ? line.at - 1 : line.at;
    return {
      hint: `Leave "${letter} ${value}" out.`,
      title: `Remove "${letter} ${value}"`,
      changes: removed(line, first, line.at + 1),
    };
  }
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
  // Who filters means table filter, where it has the chain.
  const all = ['filter', ...builtInChains.keys()];
  const own = target?.tables ?? all.filter((name) => builtInChains.get(name)?.has(chain));
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
  shellEnd,
  placeOfAppended,
  portBeside,
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

/** Asked where no option of the rule's own is near. */
export function ofOtherTarget(line: FaultyLine): Cure | null {
  return line.code === 'unknown-option' ? otherTarget(line, wordAt(line, line.at)) : null;
}
