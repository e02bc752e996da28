// What an edit in the middle of a large dump costs the language server, and what is asked right after it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { median } from './peers.mjs';

const uri = 'file:///bench/iptables-save.txt';

/**
 * Medians over `count` edits, each another one: CPU milliseconds of the server from the change to fresh diagnostics, to a
 * completion and to a hover behind them; and its memory in MB, with the dump open and when it is closed.
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
  const empty = memoryOf(pid);
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'iptables', version: 0, text },
  });
  await published(0);
  await quiet(pid);
  const lines = text.split('\n');
  const found = { edit: [], completion: [], hover: [] };
  for (let version = 1; version <= count; version++) {
    const line = Math.floor(lines.length / 2) + version * 37;
    const position = { line, character: lines[line].length };
    const before = cpuOf(pid);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: position, end: position }, text: ` -m mark --mark ${version}` }],
    });
    await published(version);
    found.edit.push(cpuOf(pid) - before);
    await quiet(pid);
    for (const [name, method] of [
      ['completion', 'textDocument/completion'],
      ['hover', 'textDocument/hover'],
    ]) {
      const start = cpuOf(pid);
      await connection.sendRequest(method, { textDocument: { uri }, position });
      found[name].push(cpuOf(pid) - start);
    }
  }
  const open = memoryOf(pid);
  await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const medians = Object.entries(found).map(([name, all]) => [name, median(all)]);
  return { ...Object.fromEntries(medians), empty, open, closed: memoryOf(pid) };
}

/** Waits for the diagnostics of a version. */
function listen(connection) {
  const waiting = new Map();
  connection.onNotification('textDocument/publishDiagnostics', ({ version }) => waiting.get(version)?.());
  connection.onRequest('kubeProxy/siblings', () => ({ files: {} }));
  return (version) => new Promise((resolve) => waiting.set(version, resolve));
}

/** Until the server works no more. */
async function quiet(pid) {
  for (let last = -1, now = cpuOf(pid); now !== last; now = cpuOf(pid)) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** CPU milliseconds of all threads of a process, which the kernel tells in tens. */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** MB that a process holds. */
function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1000;
}
