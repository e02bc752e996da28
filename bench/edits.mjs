// What edits of a large dump cost the language server, what is asked right after them, and the memory that it takes.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { median } from './peers.mjs';

const uri = 'file:///bench/iptables-save.txt';

/** Kinds of edits: each gives the changes of one notification, as VS Code tells them, and is taken back by the next one. */
const kinds = {
  'a mark, in rules of Services and endpoints': (lines, round) => {
    const line = placeOf(lines, /^-A KUBE-(?:SVC|SEP)-/u, round);
    return [insertion(lines, line, lines[line].length, ` -m mark --mark ${round}`)];
  },
  'a letter within a jump': (lines, round) => {
    const line = placeOf(lines, /^-A KUBE-SVC-\S+ .*-j KUBE-SEP-/u, round);
    return [insertion(lines, line, lines[line].length, 'X')];
  },
  'a rule more': (lines, round) => {
    const line = placeOf(lines, /^-A KUBE-SEP-/u, round);
    return [insertion(lines, line, 0, `${lines[line]}\n`)];
  },
  'a comment of KUBE-SERVICES': (lines, round) => {
    const line = placeOf(lines, /^-A KUBE-SERVICES .*cluster IP" /u, round);
    return [insertion(lines, line, lines[line].indexOf(' cluster IP"'), 'x')];
  },
  'twenty cursors': (lines, round) => {
    const first = placeOf(lines, /^-A KUBE-SEP-/u, round);
    return Array.from({ length: 20 }, (_, index) =>
      insertion(lines, first + 19 - index, lines[first + 19 - index].length, ' '),
    );
  },
  '10,000 rules pasted': (lines, round) => {
    const line = placeOf(lines, /^-A KUBE-SEP-/u, round);
    const rules = Array.from({ length: 10_000 }, (_, index) => `${lines[line]} -m mark --mark ${index}\n`);
    return [insertion(lines, line, 0, rules.join(''))];
  },
  'a letter of a table line': (lines) => [insertion(lines, lines.indexOf('*mangle'), 7, 'x')],
};

/** A line that is so, each round another one. */
function placeOf(lines, wanted, round) {
  const found = lines.flatMap((line, index) => (wanted.test(line) ? [index] : []));
  return found[Math.floor((found.length - 40) * ((round * 0.382 + 0.5) % 1))];
}

function insertion(lines, line, character, text) {
  const position = { line, character };
  const added = text.split('\n');
  const end =
    added.length === 1
      ? { line, character: character + text.length }
      : { line: line + added.length - 1, character: added.at(-1).length };
  return { change: { range: { start: position, end: position }, text }, undo: { start: position, end } };
}

/**
 * Medians over `count` edits of each kind: CPU milliseconds of the server from the change to fresh diagnostics. Of those of the
 * first kind also: to a completion and to a hover right behind the diagnostics, and until all that is prepared behind them is done.
 * And the memory in MB: of the server before, with the dump open, after all edits, and closed.
 */
export async function measureEdits(serverPath, text, count) {
  const server = spawn(process.execPath, [serverPath, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  try {
    return await measured(connection, server.pid, text, count);
  } finally {
    connection.dispose();
    server.kill();
  }
}

async function measured(connection, pid, text, count) {
  const published = listen(connection);
  connection.listen();
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  const memory = { empty: memoryOf(pid) };
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'iptables', version: 0, text },
  });
  await published(0);
  await quiet(pid);
  memory.open = memoryOf(pid);
  const lines = text.split('\n');
  let version = 0;
  const change = async (contentChanges) => {
    const before = cpuOf(pid);
    version++;
    const fresh = published(version);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
    await fresh;
    return cpuOf(pid) - before;
  };
  const found = { edits: {}, completion: [], hover: [], behind: [] };
  for (const [kind, make] of Object.entries(kinds)) {
    const times = [];
    for (let round = 1; round <= count; round++) {
      const edits = make(lines, round);
      times.push(await change(edits.map((each) => each.change)));
      if (Object.keys(found.edits).length === 0) {
        const start = cpuOf(pid);
        const { start: position } = edits[0].undo;
        const asked = [found.completion, found.hover];
        for (const [index, method] of ['textDocument/completion', 'textDocument/hover'].entries()) {
          const from = cpuOf(pid);
          await connection.sendRequest(method, { textDocument: { uri }, position });
          asked[index].push(cpuOf(pid) - from);
        }
        await quiet(pid);
        found.behind.push(cpuOf(pid) - start);
      } else await quiet(pid);
      await change(edits.map(({ undo }) => ({ range: undo, text: '' })));
      await quiet(pid);
    }
    found.edits[kind] = median(times);
  }
  memory.edited = memoryOf(pid);
  await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  memory.closed = memoryOf(pid);
  const { completion, hover, behind } = found;
  return {
    edits: found.edits,
    completion: median(completion),
    hover: median(hover),
    behind: median(behind),
    memory,
  };
}

/** Waits for the diagnostics of a version. */
function listen(connection) {
  const waiting = new Map();
  connection.onNotification('textDocument/publishDiagnostics', ({ version }) => waiting.get(version)?.());
  connection.onRequest('kubeProxy/siblings', () => ({ files: {} }));
  return (version) => new Promise((resolve) => waiting.set(version, resolve));
}

/** Less than this in a while is the timers'. */
const IDLE = 2;

/** Until the server works no more. */
async function quiet(pid) {
  for (let last = -IDLE, now = cpuOf(pid); now - last > IDLE; now = cpuOf(pid)) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** CPU milliseconds of all threads of a process. */
function cpuOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'latin1').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** MB that a process holds. */
function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1000;
}
