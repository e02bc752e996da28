/** Command lines of iptables within other files: units of systemd, recipes, network configurations, commands for another machine. */
import type { Noise } from './noise.ts';
import { changesRules, PROGRAM, SUDO } from './wording.ts';

/** What stands before a command that is run where its rules are wanted, each with an example. */
const HOLDERS = [
  // `ExecStart=-/sbin/iptables …` of systemd
  String.raw`Exec(?:StartPre|StartPost|Start|Reload)=[-@:+!|]*`,
  // `PostUp = iptables …` of WireGuard, `post-up iptables …` of ifupdown
  String.raw`(?:PreUp|PostUp)\s*=\s*`,
  String.raw`(?:(?:pre-|post-)?up)\s+`,
  // `- shell: iptables …`, `command => '…'`, `"cmd": "…"`
  String.raw`(?:-\s+)?["']?[\w.-]{1,60}["']?\s*(?::|=>)\s+`,
  String.raw`[\w.-]{1,60}\s+=\s+`,
  // `- "iptables …"`, `RUN iptables …`
  String.raw`-\s+`,
  String.raw`(?:RUN|CMD)\s+`,
];
/** `kubectl exec x -- `, `ssh node-1 `, `sudo ip netns exec blue ` */
const ELSEWHERE = String.raw`(?:${SUDO})?(?:kubectl|oc|docker|podman|nerdctl|crictl|ssh|nsenter|chroot|minikube|multipass|lxc|ip\s+netns\s+exec)\s(?:[^\s'"|;&<>]+\s+)*?`;
const PROMPTED = String.raw`(?:[\w.@:~/-]{0,60}|\[[^\]\n]{1,60}\])[$#]\s+`;
const SHELL = String.raw`(?:(?:\/[\w/]{1,40}\/)?(?:ba|da|a)?sh\s+-\w*c\s+)?`;
const BEFORE = new RegExp(
  String.raw`^\s*(?:${PROMPTED}|${HOLDERS.join('|')})?(?:${ELSEWHERE})?${SHELL}(["'])?(?=(?:${SUDO})?${PROGRAM}\s)`,
);
/** What is run when the rules are to go again. */
const UNDOES = /^\s*(?:Exec(?:StopPost|Stop)=|(?:Pre|Post)Down\s*=|(?:pre-|post-)?down\s)/;
/** `unless => '/sbin/iptables -C …'` of Puppet */
const ASKS = /^\s*["']?(?:unless|onlyif)["']?\s*(?::|=>)/;
/** `- [ iptables, -t, nat, … ]`, `command: ["iptables", "-A", …]` */
const LIST = new RegExp(
  String.raw`^\s*(?:-\s+)?(?:["']?[\w.-]{1,60}["']?\s*:\s*)?\[\s*((?:["']?sudo["']?\s*,\s*)?["']?${PROGRAM}["']?\s*,[^\n]*?)\s*\]\s*,?\s*$`,
);
/** `command: ["sh", "-c", "iptables …"]` */
const SHELL_LIST = new RegExp(
  String.raw`^\s*(?:-\s+)?(?:["']?[\w.-]{1,60}["']?\s*:\s*)?\[\s*["']?(?:\/[\w/]{1,40}\/)?(?:ba|da|a)?sh["']?\s*,\s*["']?-\w*c["']?\s*,\s*(?=["'])`,
);
const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,][^,]*)/g;

/** A line longer than this is read as it is. */
const LONGEST = 2_000;

/** What has to be taken away so that each such command begins its line. */
export function embeddedCommands(text: string): readonly Noise[] {
  return [...text.matchAll(/[^\r\n]+/g)].flatMap(({ 0: line, index }) =>
    line.length > LONGEST || !line.includes('tables') ? [] : noiseIn(line, index),
  );
}

function noiseIn(line: string, start: number): readonly Noise[] {
  const whole = { start, end: start + line.length, newText: '' };
  if (UNDOES.test(line)) return [{ kind: 'undoing', ...whole }];
  if (ASKS.test(line)) return [{ kind: 'checks', ...whole }];
  const list = LIST.exec(line)?.[1];
  if (list !== undefined) {
    const newText = wordsOf(list);
    return changesRules(newText) ? [{ ...whole, kind: 'shell', newText }] : [];
  }
  return commandIn(line, start);
}

function commandIn(line: string, start: number): readonly Noise[] {
  const listed = SHELL_LIST.exec(line)?.[0] ?? '';
  const { 0: found, 1: quote } = BEFORE.exec(line.slice(listed.length)) ?? [''];
  const before = listed + found;
  const rest = line.slice(before.length);
  if (before.trim() === '' || !changesRules(rest)) return [];
  const head: Noise = { kind: 'shell', start, end: start + before.length, newText: '' };
  if (quote === undefined) return [head];
  const close = closingOf(rest, quote);
  if (close === null) return [];
  const from = start + before.length;
  const tail: Noise = { kind: 'shell', start: from + close, end: start + line.length, newText: '' };
  return [head, ...unescapedQuotes(rest.slice(0, close), from), tail];
}

/** Where the quote ends with which nothing but the end of the line stands. */
function closingOf(rest: string, quote: string): number | null {
  const found = /(["'])[\s,;)\]}]*$/.exec(rest);
  return found?.[1] === quote ? found.index : null;
}

/** `\"` within quotes. */
function unescapedQuotes(command: string, start: number): readonly Noise[] {
  return [...command.matchAll(/\\(?=["'\\])/g)].map(({ index }) => ({
    kind: 'shell',
    start: start + index,
    end: start + index + 1,
    newText: '',
  }));
}

function wordsOf(list: string): string {
  return [...list.matchAll(WORD)]
    .map(([, double, single, bare]) => double ?? single ?? bare?.trim() ?? '')
    .map((word) => (/\s/.test(word) ? `"${word}"` : word))
    .join(' ');
}
