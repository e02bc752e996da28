/** Variables of a script of which it says what they stand for. */
import type { Noise } from './noise.ts';

/** `IPT=/sbin/iptables`, `export LAN="10.0.0.0/8"   # ours`, `IP6T=$(which ip6tables)` */
const ASSIGNMENT =
  /^([ \t]*)(?:(?:export|readonly|declare)[ \t]+)?([A-Za-z_]\w{0,40})=((?:"[^"\n]*"|'[^'\n]*'|\$\([^)\n]*\)|`[^`\n]*`|[^\s"'`$;&|#]*))[ \t]*(?:[;#].*)?$/gm;
/** `/sbin/iptables`, `sudo iptables -w 5`, `$(which iptables)`, `iptables -t nat` */
const PROGRAM =
  /^(?:(?:\$\(|`)(?:which|command -v)[ \t]+)?(?:sudo[ \t]+)?(?:\/[\w./-]{0,80}\/)?(ip6?tables(?:-legacy|-nft)?)((?:[ \t]+-t[ \t]*\w+)?)(?:[ \t]+(?:-w|--wait)(?:[ =]?\d+)?)*[)`]?$/;
/** `$IPT`, `"${IPT}"`, `$LAN` within a word. */
const USE = /"\$(?:(\w{1,41})|\{(\w{1,41})\})"|\$(?:(\w{1,41})|\{(\w{1,41})\})/g;

interface Values {
  readonly programs: ReadonlyMap<string, string>;
  readonly literals: ReadonlyMap<string, string>;
}

/** What stands for variables in the commands of a script; those that are assigned otherwise, too, are left. */
export function knownVariables(text: string): readonly Noise[] {
  if (!/^[ \t]*(?:[a-z]+[ \t]+)?\w+=/m.test(text)) return [];
  const { programs, literals } = valuesIn(text);
  if (programs.size + literals.size === 0) return [];
  return [...text.matchAll(/[^\r\n]+/g)].flatMap(({ 0: line, index }) => {
    const uses = [...line.matchAll(USE)];
    const isCommand = /\bip6?tables\b/.test(line) || uses.some((use) => programs.has(nameOf(use)));
    if (!isCommand || assigns(line)) return [];
    return uses.flatMap((use): readonly Noise[] => {
      const newText = programs.get(nameOf(use)) ?? valueFor(use, literals);
      const start = index + use.index;
      return newText === undefined ? [] : [{ kind: 'shell', start, end: start + use[0].length, newText }];
    });
  });
}

/** Whether a line gives a variable its value, which may be a command. */
export function assigns(line: string): boolean {
  return /^[ \t]*(?:[a-z]+[ \t]+)?\w+=/.test(line);
}

function nameOf([, quoted, quotedBraced, bare, braced]: RegExpExecArray): string {
  return quoted ?? quotedBraced ?? bare ?? braced ?? '';
}

/** In quotes of its own a value with blanks is one word. */
function valueFor(use: RegExpExecArray, literals: Values['literals']): string | undefined {
  const value = literals.get(nameOf(use));
  return value !== undefined && use[0].startsWith('"') && /\s|^$/.test(value) ? `"${value}"` : value;
}

function valuesIn(text: string): Values {
  const programs = new Map<string, string>();
  const literals = new Map<string, string>();
  const set = timesSet(text);
  for (const [, indent = '', name = '', written = ''] of text.matchAll(ASSIGNMENT)) {
    const value = /^["']/.test(written) ? written.slice(1, -1) : written;
    const [, program, table = ''] = PROGRAM.exec(value) ?? [];
    if (program !== undefined) programs.set(name, program + table);
    // What is indented may be in a condition.
    else if (indent === '' && set.get(name) === 1 && !/[$`"\\]/.test(value)) literals.set(name, value);
  }
  return { programs, literals };
}

/** How often each name gets a value, in a loop too. */
function timesSet(text: string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const settings = /(?:(?<![\w$-])([A-Za-z_]\w*)\+?=(?!=)|\b(?:for|read(?:[ \t]+-\w+)*)[ \t]+(\w+))/g;
  for (const [, assigned, looped] of text.matchAll(settings)) {
    const name = assigned ?? looped ?? '';
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return times;
}
