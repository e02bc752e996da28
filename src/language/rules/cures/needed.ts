/** Options that an extension needs: one that stands there under another's name, or the value that is taken as a rule. */
import { lookup } from '../../../text/lookup.ts';
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { findGeneralOption } from '../../../rules/iptables/catalogue/options.ts';
import { type Cure, type Extension, type FaultyLine, loaded, takes, wordAt, write } from './line.ts';

/** `-j SNAT --source 10.0.0.1`: `--source` is `-s` there. `-m string --string x`: most write `--algo bm`. */
export function neededOption(line: FaultyLine): Cure | null {
  const letter = wordAt(line, line.at - 1);
  if (line.code !== 'missing-option' || !/^-[mj]$/.test(letter)) return null;
  const name = wordAt(line, line.at);
  const extension = loaded(line).find((each) => each.name === name || each.aliases.includes(name));
  if (extension === undefined) return null;
  const lacking = extension.needs
    .filter((row) => !row.some((each) => line.words.some(({ text }) => text === each)))
    .flatMap((row) => extension.options.filter((option) => row.includes(option.name)));
  return asGeneral(line, lacking) ?? usual(line, extension, lacking);
}

/** A general option behind the extension whose name is an end of the one that is needed, and whose value that takes. */
function asGeneral(line: FaultyLine, lacking: readonly OptionDefinition[]): Cure | null {
  for (const option of lacking) {
    const at = line.words.findIndex(
      ({ text }, index) =>
        index > line.at &&
        findGeneralOption(text)?.aliases.some((alias) => option.name.endsWith(alias.slice(1))) === true &&
        takes(line, option, wordAt(line, index + 1)),
    );
    if (at < 0 || option.values !== 1) continue;
    const value = wordAt(line, at + 1);
    return write(line, at, at + 1, `${option.name} ${value}`);
  }
  return null;
}

/** What is written where nobody has a reason for something else; the names are free. */
const usualValues: Readonly<Record<string, string>> = lookup({
  '--algo': 'bm',
  '--hashlimit-name': 'limit',
});

function usual(line: FaultyLine, { name }: Extension, lacking: readonly OptionDefinition[]): Cure | null {
  const words = lacking.flatMap((option) => {
    const value = usualValues[option.name];
    return value === undefined ? [] : [`${option.name} ${value}`];
  });
  const [first] = words;
  const word = line.words[line.at];
  if (first === undefined || word === undefined) return null;
  return {
    hint: `Add it behind "-m ${name}": "${first}", say.`,
    title: `Add "${first}"`,
    changes: [{ span: { start: word.end, end: word.end }, newText: ` ${first}` }],
  };
}
