import { describe, expect, it } from 'vitest';
import { readCommandLine, type CommandSpec } from '../../src/cli/commandLine.ts';
import { snapshotSpec, traceSpec } from '../../src/cli/commands.ts';
import { commands } from '../../src/cli/run.ts';
import { commandHelp, programHelp } from '../../src/cli/help.ts';
import { nearest } from '../../src/text/nearest.ts';

const specs = commands.map(({ spec }) => spec);
const style = { colour: false, width: 80 };

function read(words: string, spec: CommandSpec = traceSpec) {
  return readCommandLine(spec, words.split(' '));
}

describe('the arguments of a command', () => {
  it('are operands, values and switches in any order', () => {
    const line = read('--from node rules.v4 --to=10.96.0.1:443 --considered');
    expect(line).toEqual({
      kind: 'run',
      words: {
        operands: ['rules.v4'],
        values: new Map([
          ['from', 'node'],
          ['to', '10.96.0.1:443'],
        ]),
        lists: new Map(),
        switches: new Set(['considered']),
        live: false,
        command: [],
      },
    });
  });

  it('may have a lone dash, for standard input, as operand and as value', () => {
    expect(read('- --from node --to -')).toMatchObject({ kind: 'run', words: { operands: ['-'] } });
  });

  it.each([
    ['rules --form node', 'trace has no option --form. Did you mean --from?'],
    ['rules --protcol udp', 'trace has no option --protcol. Did you mean --protocol?'],
    ['rules --consider', 'trace has no option --consider. Did you mean --considered?'],
    ['rules --quux', 'trace has no option --quux. "trace --help" lists them.'],
    ['rules --from --to x', '--from needs a value: --from SOURCE.'],
    ['rules --format jsn', '--format cannot be "jsn". Did you mean "json"?'],
    ['rules --format yaml', '--format cannot be "yaml". Use text, json, mermaid or svg.'],
    ['rules --considered=yes', '--considered is a switch and takes no value.'],
    ['rules more', 'trace takes RULES only, and "more" is one too many.'],
    [
      '--from node',
      'trace needs RULES: kube-proxy-explorer trace (RULES | --context NAME --node NODE) [options]',
    ],
  ])('%s', (words, message) => {
    expect(read(words)).toEqual({ kind: 'wrong', message });
  });

  it('have no diff of a live node', () => {
    expect(read('--context dev --node node-1 --from node --to x --patch a.diff')).toEqual({
      kind: 'wrong',
      message: expect.stringMatching(/^--patch is for a file, .* save them with "snapshot"/),
    });
  });

  it('are a live node’s, in place of RULES, where an option names one', () => {
    expect(read('--node node-1 --from node --kubeconfig a --kubeconfig b -- ssh {node} -n')).toMatchObject({
      kind: 'run',
      words: {
        operands: [],
        live: true,
        lists: new Map([['kubeconfig', ['a', 'b']]]),
        command: ['ssh', '{node}', '-n'],
      },
    });
    expect(read('-- -rules')).toMatchObject({
      words: { operands: ['-rules'], live: false, command: [] },
    });
  });

  it.each([
    [
      'rules --node n',
      '--node takes the rules from a live node, so "rules" cannot name rules too: leave out one of them.',
    ],
    ['--contxt dev', 'trace has no option --contxt. Did you mean --context?'],
    ['--node', '--node needs a value: --node NODE.'],
    ['rules --debug-pod', '--debug-pod is for a live node: say which with --context NAME --node NODE.'],
    ['--node n --yes', '--yes answers the question that --debug-pod asks: give both, or none.'],
  ])('%s', (words, message) => {
    expect(read(words)).toEqual({ kind: 'wrong', message });
  });

  it('are a folder and a node for a snapshot', () => {
    expect(read('--node n', snapshotSpec)).toMatchObject({
      message: expect.stringMatching(/^snapshot needs DIR: /),
    });
    expect(read('a b --node n', snapshotSpec)).toMatchObject({
      message: 'snapshot takes DIR only, and "b" is one too many.',
    });
  });

  it.each(['--help', '-h', 'rules --help', '--help --nonsense'])('%s asks for help', (words) => {
    expect(read(words).kind).toBe('help');
  });
});

describe('the nearest word', () => {
  it.each([
    ['chekc', 'check'],
    ['tre', 'tree'],
    ['explian', 'explain'],
    ['TRACE', 'trace'],
    ['tracing', 'trace'],
  ])('of %s is %s', (word, expected) => {
    expect(nearest(word, ['trace', 'check', 'tree', 'explain'])).toBe(word === 'tracing' ? null : expected);
  });
});

describe('the help', () => {
  it.each(specs)('of $name fits 80 columns and has examples that are right', (spec) => {
    const text = commandHelp(spec, style);
    const examples = spec.examples.map(({ command }) => command.replace(/^.*kube-proxy-explorer /, ''));
    const prose = text.split('\n').filter((line) => !examples.some((example) => line.includes(example)));
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
    for (const example of examples) {
      const [, ...words] = example.replace(/ [|>].*$/, '').split(' ');
      expect(readCommandLine(spec, words).kind, example).toBe('run');
    }
  });

  it('of the program names every command and no other', () => {
    const named = programHelp(specs, style)
      .match(/^ {2}(\w+) {2,}/gm)
      ?.map((line) => line.trim());
    const working = ['trace', 'check', 'tree', 'explain', 'diagnose', 'diff', 'convert', 'snapshot'];
    expect(named).toEqual([...working, 'mcp', 'lsp', 'completion']);
  });
});
