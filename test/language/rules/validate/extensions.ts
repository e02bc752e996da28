/** What iptables of this machine says of its extensions: their options, from `--help`, and the examples of its manual. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One option as its help writes it: `[!] --weekdays value`. */
export interface HelpOption {
  readonly name: string;
  /** What stands behind the name, up to the description: `value[,value…]`; empty where the option stands alone. */
  readonly form: string;
}

/** A match or target that is installed. */
export interface Extension {
  readonly name: string;
  readonly target: boolean;
  readonly families: readonly (4 | 6)[];
  readonly options: readonly HelpOption[];
  /** Words of its help that may be values: names of flags, of types, of states. */
  readonly words: readonly string[];
}

const folders = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/xtables`);

/** All that are installed, by name. */
export function installedExtensions(): readonly Extension[] {
  const files = [...folders, '/usr/lib/xtables']
    .filter((each) => existsSync(each))
    .flatMap((each) => readdirSync(each));
  return files.toSorted().flatMap((file) => {
    const [, kind = '', name = ''] = /^lib(xt|ipt|ip6t)_(\w+)\.so$/.exec(file) ?? [];
    if (name === '' || ['standard', 'NAT'].includes(name)) return [];
    const families: Extension['families'] = kind === 'xt' ? [4, 6] : [kind === 'ip6t' ? 6 : 4];
    const target = /^[A-Z]/.test(name);
    const help = helpOf(families.includes(4) ? 'iptables' : 'ip6tables', target ? '-j' : '-m', name);
    return [{ name, target, families, options: optionsIn(help), words: wordsIn(help) }];
  });
}

function helpOf(program: string, letter: string, name: string): string {
  const { stdout } = spawnSync(program, [letter, name, '--help'], { encoding: 'utf8' });
  return stdout.slice(stdout.lastIndexOf('print package version.')).split('\n').slice(1).join('\n');
}

function optionsIn(help: string): readonly HelpOption[] {
  const found = [...help.matchAll(/(?<![\w-])(--[a-z][\w-]*\w)(?: |=)?([^\s].*?)?(?=\s{2,}|\n|$)/g)];
  return found.map(([, name = '', form = '']) => ({ name, form: form.startsWith('--') ? '' : form }));
}

function wordsIn(help: string): readonly string[] {
  return [...new Set(help.match(/[A-Za-z][\w-]{1,30}/g) ?? [])];
}

/** The lines of rules in the manual of the extensions: `-A INPUT -p tcp …`. */
export function manualExamples(): readonly string[] {
  const path = '/usr/share/man/man8/iptables-extensions.8.gz';
  if (!existsSync(path)) return [];
  const text = gunzipSync(readFileSync(path)).toString('utf8').replaceAll('\\', '');
  return [...text.matchAll(/-A .+/g)].map(([line]) => line.replace(/ -t \w+/, '').trim());
}

/** `1.8.9` */
export function iptablesVersion(): string {
  return /v([\d.]+)/.exec(execFileSync('iptables', ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
}
