/** The catalogue, against what iptables itself says of its extensions (`iptables -m X --help`). */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import type {
  MatchDefinition,
  OptionDefinition,
  TargetDefinition,
} from '../../../src/rules/iptables/catalogue/definitions.ts';
import { findMatch, matchDefinitions } from '../../../src/rules/iptables/catalogue/matches.ts';
import {
  builtInOptions,
  findGeneralOption,
  findOption,
} from '../../../src/rules/iptables/catalogue/options.ts';
import { findTarget, targetDefinitions } from '../../../src/rules/iptables/catalogue/targets.ts';
import { describeWithKernel } from '../../realKernel/support/requirements.ts';

const pluginFolders = [
  '/usr/lib/x86_64-linux-gnu/xtables',
  '/usr/lib/aarch64-linux-gnu/xtables',
  '/usr/lib/xtables',
];
const plugins = pluginFolders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));

/** Not extensions of their own: the built-in verdicts, and the file that holds several targets. */
const noExtensions = new Set(['standard', 'NAT']);

const extensions = plugins.flatMap((file) => {
  const [, kind = '', name = ''] = /^lib(xt|ipt|ip6t)_(\w+)\.so$/.exec(file) ?? [];
  if (name === '' || noExtensions.has(name)) return [];
  return [{ name, program: kind === 'ip6t' ? 'ip6tables' : 'iptables', isTarget: /^[A-Z]/.test(name) }];
});

/** The part of `--help` that is about the extension: all behind the general options. */
function helpOf(program: string, letter: string, name: string): string {
  const help = execFileSync(program, [letter, name, '--help'], { encoding: 'utf8' });
  return help.slice(help.lastIndexOf('print package version.'));
}

function find(name: string, isTarget: boolean): MatchDefinition | TargetDefinition | null {
  return isTarget ? findTarget(name) : findMatch(name);
}

/** Names in a help text that are no options: a word on other options, or a name that the code does not take. */
const noOptions = new Set(['--rateest-bps1', '--sport', '--dport', '--sports', '--dports']);

describeWithKernel('iptables on this machine', ['iptables', 'ip6tables'], () => {
  it.each(extensions)('$program knows $name as the catalogue does', ({ name, program, isTarget }) => {
    const definition = find(name, isTarget);
    expect(definition).not.toBeNull();
    if (definition === null) return;
    const help = helpOf(program, isTarget ? '-j' : '-m', name);
    const listed = [...help.matchAll(/(?<![\w-])--[a-z][\w-]*\w/g)].map(([option]) => option);
    expect(listed.length > 0).toBe(definition.options.length > 0);
    expect(listed.filter((option) => findOption(definition, option) === null)).toEqual([]);
    // `[!] --dport`, ` [!] --ipvs`
    const negated = [...help.matchAll(/\[!\]\s*(--[\w-]+\w)/g)].map(([, option = '']) => option);
    const stubborn = negated.filter((option) => findOption(definition, option)?.negatable === false);
    expect(stubborn.filter((option) => !noOptions.has(option))).toEqual([]);
  });
});

const all: readonly (readonly [string, MatchDefinition | TargetDefinition])[] = [
  ...matchDefinitions.map((definition) => [`-m ${definition.name}`, definition] as const),
  ...targetDefinitions.map((definition) => [`-j ${definition.name}`, definition] as const),
];

it.each(all)('%s has options with names of their own and a word on each', (_name, definition) => {
  const spellings = definition.options.flatMap(({ name, aliases }) => [name, ...aliases]);
  expect(new Set(spellings).size).toBe(spellings.length);
  for (const option of definition.options) expectSound(option);
  expect(definition.doc).toMatch(/\.$/);
});

it('finds general options by every spelling', () => {
  expect(findGeneralOption('--source')?.name).toBe('-s');
  expect(findGeneralOption('--jump')?.name).toBe('-j');
  expect(findGeneralOption('--dport')).toBeNull();
  for (const option of builtInOptions) expectSound(option);
});

function expectSound(option: OptionDefinition): void {
  expect(option.values > 0).toBe(option.kind !== null);
  expect(option.keywords.length > 0).toBe(['keyword', 'keywords', 'rejectWith'].includes(option.kind ?? ''));
  expect(option.doc).toMatch(/^\S.*[.…]$/);
}
