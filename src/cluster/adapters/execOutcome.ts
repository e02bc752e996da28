/** How an exec ended, read from its status channel and from what the container runtimes say. */
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { type Asked, statusFailure } from './answers.ts';

/**
 * `exec: "iptables-save": executable file not found in $PATH` (runc, in containerd, CRI-O, dockershim and kwok),
 * ``executable file `x` not found in $PATH`` (crun), `error finding executable "x" in PATH` (runsc),
 * `exec: "/x": stat /x: no such file or directory`, `fork/exec /x: no such file or directory`,
 * `executable 'x' for container not found` (youki), `ENOENT: No such file or directory` (Kata).
 */
const noBinary =
  /executable file (?:['`"][^'`"]*['`"] )?not found|error finding executable|executable '[^']*' for container not found|(?:exec: "[^"]*"|exec \/\S*|fork\/exec \S+): (?:stat [^:]*: )?no such file or directory|ENOENT: No such file/i;

/** Runtimes that end with a code where they could not start the program, and say why on one of its streams. */
const runtimeSays =
  /OCI runtime exec failed|OCI runtime error|starting container process|failed to exec in container/i;

/** Shells and runtimes for "cannot be run" and "not found"; none of our programs ends with them. */
const noBinaryCodes = new Set([126, 127]);

/** What is known when a program's status comes. */
export interface ExecEnd {
  readonly program: string;
  readonly asked: Asked;
  readonly server: string;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** The exit code that `status` tells; throws a ClusterFailure where no program ran. */
export function exitCodeOf(status: JsonRecord, end: ExecEnd): number {
  if (status['status'] === 'Success') return 0;
  const message = typeof status['message'] === 'string' ? status['message'] : '';
  const code = exitCode(status);
  if (code !== null) {
    const said = `${end.stderr.slice(0, 2000)}\n${Buffer.from(end.stdout.subarray(0, 2000)).toString('utf8')}`;
    const notStarted = runtimeSays.test(said) && noBinary.test(said);
    if (noBinaryCodes.has(code) || notStarted) throw noSuchBinary(end.program, said.trim() || message);
    return code;
  }
  if (noBinary.test(message)) throw noSuchBinary(end.program, message);
  const http = typeof status['code'] === 'number' ? status['code'] : 0;
  if (http === 401 || http === 403 || http === 404) throw statusFailure(http, status, end.asked, end.server);
  throw execRefused(message);
}

/** What the kubelet or the API server says in place of running a program. */
export function execRefused(words: string): ClusterFailure {
  const said = words
    .replace(/^Internal error occurred: /, '')
    .trim()
    .slice(0, 1000)
    .replace(/\.$/, '');
  const reason = said === '' ? '' : `: ${said}`;
  if (/error dialing backend|dial tcp|connection refused|no route to host|i\/o timeout/i.test(said)) {
    return new ClusterFailure('execRefused', `The node's kubelet does not answer the API server${reason}.`);
  }
  return new ClusterFailure('execRefused', `The node's kubelet did not take the exec${reason}.`);
}

function noSuchBinary(program: string, words: string): ClusterFailure {
  const line = words.split('\n')[0]?.trim().slice(0, 500).replace(/\.$/, '') ?? '';
  const reason = line === '' ? '' : `: ${line}`;
  return new ClusterFailure('noSuchBinary', `The container has no program ${program}${reason}.`);
}

/** kwok: `error executing command in container: cmd wait: grep -rs . /proc/sys/net: exit status 2` */
const waitedFor = /\bcmd wait: .*: exit status (\d+)$/s;

/** `{reason: "NonZeroExitCode", details: {causes: [{reason: "ExitCode", message: "1"}]}}` */
function exitCode(status: JsonRecord): number | null {
  const waited = waitedFor.exec(typeof status['message'] === 'string' ? status['message'] : '')?.[1];
  if (waited !== undefined) return Number(waited);
  const details = isRecord(status['details']) ? status['details'] : {};
  const causes = (Array.isArray(details['causes']) ? details['causes'] : []).filter(isRecord);
  const cause = causes.find((each) => each['reason'] === 'ExitCode');
  const message = cause?.['message'];
  const code = Number.parseInt(typeof message === 'string' ? message : '', 10);
  return Number.isNaN(code) ? null : code;
}
