/** Real connections between the network namespaces of Pods, nodes and the outside. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NetworkNamespace } from './namespaces.ts';

const script = fileURLToPath(new URL('talk.py', import.meta.url));

/** A server that answers with its name and the address that it saw; stopped with its namespace, or by `kill`. */
export async function serve(namespace: NetworkNamespace, name: string, port: number): Promise<ChildProcess> {
  const [program = '', ...args] = namespace.inside(['python3', script, 'serve', name, String(port)]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

/** What each of so many new connections got: `server-1 198.19.1.250`, or `ECONNREFUSED`, `ETIMEDOUT` … */
export async function ask(
  namespace: NetworkNamespace,
  protocol: string,
  address: string,
  port: number,
  times: number,
): Promise<readonly string[]> {
  const command = ['python3', script, 'ask', protocol, address, String(port), String(times)];
  const [program = '', ...args] = namespace.inside(command);
  const { stdout } = await promisify(execFile)(program, args);
  return stdout.trim().split('\n');
}
