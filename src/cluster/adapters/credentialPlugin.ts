/**
 * Credential plugins of a kubeconfig (`user.exec`), by client.authentication.k8s.io: run with no terminal and a time
 * limit, so that one that asks a question fails in words and does not hang. Instead of client-node's ExecAuth, which waits
 * for ever, holds whatever a plugin writes, leaves it running, and does not tell it of the cluster.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { isRecord, type JsonRecord, parseRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { type Entry, textField } from './kubeconfigEntries.ts';

/** What a plugin's `ExecCredential` says: a token, a certificate, or both. */
export interface PluginCredential {
  readonly token: string | null;
  /** PEM, with its key. */
  readonly certificate: { readonly certificate: string; readonly key: string } | null;
  /** Milliseconds since the epoch; null = as long as the program runs. */
  readonly expiresAt: number | null;
}

/** Whose plugin it is, and how long it may run. */
export interface PluginRun {
  readonly user: Entry;
  /** Told to a plugin that asks for it (`provideClusterInfo`). */
  readonly cluster: Entry;
  readonly signal: AbortSignal;
  /** Milliseconds; a plugin may open a browser and wait for its user. */
  readonly timeout: number;
}

const MAX_OUTPUT = 1 << 20;

/**
 * Runs `exec` of a kubeconfig's user: its argv as it is, never a shell. Rejects with `unauthorized` and why there is
 * no credential, or with `badConfiguration` where nothing can be run; the words hold the first line that it wrote to
 * stderr and nothing of stdout.
 */
export async function runCredentialPlugin(exec: JsonRecord, run: PluginRun): Promise<PluginCredential> {
  const command = textField(exec, 'command');
  if (command === null) {
    throw new ClusterFailure('badConfiguration', `The credential plugin of ${run.user.name} has no command.`);
  }
  if (textField(exec, 'interactiveMode') === 'Always') {
    const message = `The credential plugin ${command} of ${run.user.name} works only in a terminal; use kubectl once there, or another way to sign in.`;
    throw new ClusterFailure('unauthorized', message);
  }
  const output = await runPlugin(command, exec, run);
  return readCredential(command, output);
}

/** A NUL in an argument or a variable is thrown by Node before anything runs. */
function startPlugin(command: string, exec: JsonRecord, run: PluginRun) {
  const program = /[/\\]/.test(command) ? resolve(run.user.folder, command) : command;
  const env = {
    ...process.env,
    ...variables(exec['env']),
    KUBERNETES_EXEC_INFO: execInfo(exec, run.cluster),
  };
  try {
    return spawn(program, textList(exec['args']), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      windowsHide: true,
      // In a session of its own it has no terminal to ask at, and ends together with its children.
      detached: process.platform !== 'win32',
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Without a cause: it shows the value, which may be a secret.
    const message = `The credential plugin ${command} could not be run: its command line or its environment holds what no program can be given.`;
    throw new ClusterFailure('badConfiguration', message);
  }
}

async function runPlugin(command: string, exec: JsonRecord, run: PluginRun): Promise<string> {
  const child = startPlugin(command, exec, run);
  return new Promise((done, reject) => {
    const output = { out: '', err: '' };
    const fail = (message: string, cause?: unknown) => {
      finish();
      reject(new ClusterFailure('unauthorized', `The credential plugin ${command} ${message}.`, { cause }));
    };
    const timer = setTimeout(() => {
      fail(`gave no credential within ${run.timeout / 1000} s${firstLine(output.err)}`);
    }, run.timeout);
    const cancel = () => {
      finish();
      reject(new ClusterFailure('cancelled', 'Signing in was cancelled.'));
    };
    // A grandchild may hold the pipes open: what ends here ends without waiting for it.
    const finish = () => {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', cancel);
      endAll(child);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    run.signal.addEventListener('abort', cancel, { once: true });
    if (run.signal.aborted) cancel();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.out += text;
      if (output.out.length > MAX_OUTPUT) fail('wrote more than 1 MiB');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (output.err.length < MAX_OUTPUT) output.err += text;
    });
    child.once('error', (error) => fail(notStarted(error, exec), error));
    child.once('close', (code, killedBy) => {
      if (code === 0) {
        finish();
        done(output.out);
      } else fail(`failed with ${code ?? killedBy}${firstLine(output.err)}`);
    });
  });
}

/** The program and what it started. */
function endAll(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') child.kill();
  else {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      // It has just ended by itself.
      if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ESRCH') throw error;
    }
  }
}

function notStarted(error: Error, exec: JsonRecord): string {
  if (Reflect.get(error, 'code') !== 'ENOENT') return `could not be run: ${error.message}`;
  return `is not installed or not on the PATH${firstLine(textField(exec, 'installHint') ?? '')}`;
}

/** `: Token has expired and refresh failed`, at most 300 characters; empty for no words. */
function firstLine(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '');
  return line === undefined ? '' : `: ${line.trim().slice(0, 300).replace(/\.$/, '')}`;
}

function variables(value: unknown): Record<string, string> {
  const pairs = (Array.isArray(value) ? value : []).filter(isRecord);
  return Object.fromEntries(
    pairs.map((pair) => [textField(pair, 'name') ?? '', textField(pair, 'value') ?? '']),
  );
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function execInfo(exec: JsonRecord, cluster: Entry): string {
  const told = exec['provideClusterInfo'] === true ? { cluster: clusterInfo(cluster.value) } : {};
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: textField(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    spec: { ...told, interactive: false },
  });
}

function clusterInfo(cluster: JsonRecord): JsonRecord {
  const extensions = (Array.isArray(cluster['extensions']) ? cluster['extensions'] : []).filter(isRecord);
  const config = extensions.find((each) => each['name'] === 'client.authentication.k8s.io/exec');
  const told = [
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority-data',
    'proxy-url',
  ].filter((field) => cluster[field] !== undefined);
  return {
    ...Object.fromEntries(told.map((field) => [field, cluster[field]])),
    config: config?.['extension'] ?? null,
  };
}

function readCredential(command: string, output: string): PluginCredential {
  const answer = parseRecord(output);
  if (answer === null) {
    // Without the parser's words: they show what was printed, which may be a token.
    const message = `The credential plugin ${command} did not answer with an object of JSON.`;
    throw new ClusterFailure('unauthorized', message);
  }
  const status = isRecord(answer['status']) ? answer['status'] : {};
  const token = textField(status, 'token')?.trim() ?? null;
  const certificate = textField(status, 'clientCertificateData');
  const key = textField(status, 'clientKeyData');
  if (token === null && (certificate === null || key === null)) {
    const message = `The credential plugin ${command} answered with neither a token nor a certificate.`;
    throw new ClusterFailure('unauthorized', message);
  }
  const expires = Date.parse(textField(status, 'expirationTimestamp') ?? '');
  return {
    token,
    certificate: certificate === null || key === null ? null : { certificate, key },
    expiresAt: Number.isNaN(expires) ? null : expires,
  };
}
