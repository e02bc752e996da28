/** What the lessons in docs/ print is what their commands print: `-u` writes it. Run in this process, as wide as a terminal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import { run } from '../../src/cli/run.ts';

const folder = 'docs/lessons';
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));

/** `trace x --to "a b"` → words, as a shell takes them apart. */
function words(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

async function explorer(argv: readonly string[]): Promise<string> {
  const pieces: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      pieces.push(String(chunk));
      done();
    },
  });
  await run(argv, {
    output: new Output(stream),
    style: { colour: false, width: 120 },
    complain: (message) => pieces.push(`kube-proxy-explorer: ${message}\n`),
  });
  return pieces.join('');
}

/** `grep [-A N] [-e] PATTERN`, of a basic regular expression. */
function grep(args: readonly string[], lines: readonly string[]): readonly string[] {
  const after = args[0] === '-A' ? Number(args[1]) : 0;
  const [pattern = ''] = args.slice(args[0] === '-A' ? 2 : 0).filter((word) => word !== '-e');
  const wanted = new RegExp(pattern.replaceAll(String.raw`\|`, '|'), 'u');
  let left = 0;
  return lines.filter((line) => {
    left = wanted.test(line) ? after + 1 : left - 1;
    return left > 0;
  });
}

const filters: Readonly<
  Record<string, (args: readonly string[], lines: readonly string[]) => readonly string[]>
> = {
  head: ([count = ''], lines) => lines.slice(0, Number(count.slice(1))),
  grep,
};

/** What a command line prints: `kube-proxy-explorer …`, `cat FILE` or `grep … FILE`, and what is piped from it. */
async function printed(line: string): Promise<string> {
  const [command = '', ...piped] = line.split(/ \| (?=head|grep)/u).map(words);
  const [program, ...args] = command;
  const file = args.at(-1) ?? '';
  const text =
    program === 'kube-proxy-explorer'
      ? await explorer(args)
      : readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const own = program === 'grep' ? [command.slice(0, -1)] : [];
  const left = [...own, ...piped].reduce<readonly string[]>(
    (lines, [name = '', ...rest]) => filters[name]?.(rest, lines) ?? [],
    text.trimEnd().split('\n'),
  );
  return left
    .map((each) => each.trimEnd())
    .join('\n')
    .trimEnd();
}

/** A block with its commands run anew. */
async function blockAnew(block: string): Promise<string> {
  const lines = block.split('\n').filter((line) => line.startsWith('$ '));
  const shown: string[] = [];
  for (const line of lines) {
    const text = await printed(line.slice(2));
    expect(text, line).not.toBe('');
    shown.push(`${line}\n${text}`);
  }
  return `\`\`\`console\n${shown.join('\n')}\n\`\`\``;
}

describe('the lessons', () => {
  it.each(pages)('%s prints what its commands print', async (name) => {
    const page = readFileSync(`${folder}/${name}`, 'utf8');
    let anew = page;
    for (const [block] of page.matchAll(/^```console\n.*?^```$/gmsu)) {
      const fresh = await blockAnew(block);
      anew = anew.replace(block, () => fresh);
    }
    await expect(anew).toMatchFileSnapshot(`../../${folder}/${name}`);
  });

  it.each(pages)('%s leads to what is there', (name) => {
    const links = readFileSync(`${folder}/${name}`, 'utf8').matchAll(/\]\((?!http)([^)]+)\)/gu);
    expect(
      [...links].map(([, link = '']) => link).filter((link) => !existsSync(`${folder}/${link}`)),
    ).toEqual([]);
  });

  it('are all in the list', () => {
    const list = readFileSync(`${folder}/README.md`, 'utf8');
    expect(pages.filter((name) => name !== 'README.md' && !list.includes(`](${name})`))).toEqual([]);
  });
});
