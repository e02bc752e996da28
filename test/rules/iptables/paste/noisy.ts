/** Makes pastes of a dump: each kind of noise that people have around rules, alone and together. */

/** Numbers from 0 up to, not including, 1, the same for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Change = (text: string) => string;

function lines(change: (line: string, index: number) => string): Change {
  return (text) => `${text.trimEnd().split('\n').map(change).join('\n')}\n`;
}

/** In comments a word processor changes what it likes; what stands outside of them is looked at. */
function outsideOfQuotes(change: (words: string) => string): Change {
  return lines((line) =>
    line
      .split('"')
      .map((part, index) => (index % 2 === 0 ? change(part) : part))
      .join('"'),
  );
}

const characters: Readonly<Record<string, Change>> = {
  none: (text) => text,
  entities: (text) =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('>', '&gt;').replaceAll('<', '&lt;'),
  numbered: (text) => text.replaceAll('"', '&#34;').replaceAll('>', '&#x3E;'),
  spaces: lines((line) => line.replaceAll(' ', '\u00a0')),
  narrow: lines((line) => line.replaceAll(' -', '\u202f-')),
  quotes: lines((line) => (line.includes('\\') ? line : line.replaceAll(/"([^"]*)"/g, '\u201c$1\u201d'))),
  dashes: outsideOfQuotes((words) => words.replaceAll(/(?<=\s)--(?=[a-z])/g, '\u2013')),
  allDashes: outsideOfQuotes((words) =>
    words.replaceAll(/(?<=^|\s)--(?=[a-z])/g, '\u2014').replaceAll(/(?<=^|\s)-(?=[a-zA-Z]\b)/g, '\u2013'),
  ),
  invisible: lines((line) => line.replaceAll('KUBE-', 'KUBE-\u200b').replaceAll(' -A ', '\u2060 -A ')),
  colours: lines((line) => line.replaceAll('KUBE', '\u001b[01;31m\u001b[KKUBE\u001b[m\u001b[K')),
};

const prefixes: Readonly<Record<string, Change>> = {
  none: (text) => text,
  numbers: lines((line, index) => `${index + 1}:${line}`),
  columns: lines((line, index) => `${String(index + 1).padStart(6)}\t${line}`),
  files: lines((line) => `node-1/iptables-save.txt:${line}`),
  filesAndNumbers: lines((line, index) => `rules.v4:${index + 1}:${line}`),
  quoted: lines((line) => `> ${line}`),
  twice: lines((line) => `>> ${line}`),
  indented: lines((line) => `    ${line}`),
  tabs: lines((line) => `\t${line}`),
  times: lines((line) => `2026-11-30T02:25:09.123456Z ${line}`),
  journal: lines((line) => `Nov 30 02:25:09 node-1 dump[812]: ${line}`),
  klog: lines((line) => `I1130 02:25:09.123456       1 dump.go:12] ${line}`),
  pods: lines((line) => `[pod/kube-proxy-x/kube-proxy] ${line}`),
  nodes: lines((line) => `[node-1] ${line}`),
  isoJournal: lines((line) => `2026-11-30T02:25:09+0000 node-1 dump[812]: ${line}`),
  added: (text) => `--- /dev/null\n+++ b/rules\n@@ -0,0 +1,9 @@\n${lines((line) => `+${line}`)(text)}`,
  quotedNumbers: lines((line, index) => `> ${index + 1}: ${line}`),
};

const around: Readonly<Record<string, Change>> = {
  none: (text) => text,
  prompt: (text) => `root@node-1:~# iptables-save\n${text}root@node-1:~# \n`,
  brackets: (text) => `[user@node-1 ~]$ sudo iptables-save\n${text}[user@node-1 ~]$\n`,
  kubectl: (text) =>
    `$ kubectl -n kube-system exec kube-proxy-x -- iptables-save\nDefaulted container "kube-proxy" out of: kube-proxy, init (init)\n${text}`,
  fence: (text) =>
    `Hello,\n\nthese are the rules:\n\n\`\`\`console\n${text}\`\`\`\n\nWhat is wrong with them?\n`,
  page: (text) => `<pre>\n${text}</pre>\n`,
  warned: (text) =>
    `${text}# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n`,
};

/** Broken as a terminal breaks lines, but for a text with so few of them that nothing shows it. */
function wrapped(text: string, width: number): string {
  const broken = text.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n');
  return broken.split('\n').length < text.split('\n').length + 3 ? text : broken;
}

/** What is around all lines of a text, or breaks them: nothing else fits together with it. */
const alone: Readonly<Record<string, Change>> = {
  wrapped80: (text) => wrapped(text, 80),
  wrapped120: (text) => wrapped(text, 120),
  trimmed100: (text) => wrapped(text, 100).replaceAll(/ +\n/g, '\n'),
  message: (text) => `${JSON.stringify({ level: 'info', msg: text })}\n`,
  pretty: (text) => JSON.stringify({ rc: 0, stdout: text, stderr: '' }, null, 2),
  ansible: (text) =>
    `node-1 | CHANGED => ${JSON.stringify({ stdout: text, stdout_lines: text.split('\n') }, null, 4)}\n`,
  docker: lines((line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' })),
  changed: (text) => `node-1 | CHANGED | rc=0 >>\n${text}`,
};

const endings: Readonly<Record<string, Change>> = {
  none: (text) => text,
  windows: (text) => text.replaceAll('\n', '\r\n'),
};

const none: readonly [string, Change] = ['none', (text) => text];

const kinds = [characters, prefixes, around, endings];

/** Each kind of noise alone, then `count` pastes with several together. */
export function* pastesOf(
  dump: string,
  seed: number,
  count: number,
): Generator<{ readonly name: string; readonly text: string }> {
  for (const kind of [...kinds, alone]) {
    for (const [name, change] of Object.entries(kind))
      if (name !== 'none') yield { name, text: change(dump) };
  }
  const random = randomOf(seed);
  for (let made = 0; made < count; made++) {
    const chosen = kinds.map((kind) => {
      const entries = Object.entries(kind);
      return entries[Math.floor(random() * entries.length)] ?? none;
    });
    yield {
      name: chosen.map(([name]) => name).join(' '),
      text: chosen.reduce((text, [, change]) => change(text), dump),
    };
  }
}
