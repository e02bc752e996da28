/** Runs command lines where a node can be asked: in a Pod, or by the user's own command on this machine. */
import type { ClusterApi, ExecOptions, ExecResult } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import type { RulesSource } from '../liveNode.ts';

/** Rejects with a `ClusterFailure`, as `ClusterApi.exec` does. */
export interface Runner {
  readonly source: RulesSource;
  /** Whether it runs any program, or prints rules whatever it is asked. */
  readonly takesPrograms: boolean;
  /** `argv` as it is: nothing puts it through a shell of ours. */
  run(argv: readonly string[], options: ExecOptions): Promise<ExecResult>;
}

/** A source that is a Pod. */
export type PodSource = Exclude<RulesSource, { readonly kind: 'command' }>;

/** Runs programs in the Pod's container by exec. */
export function podRunner(api: ClusterApi, source: PodSource): Runner {
  const { namespace, pod, container } = source;
  return {
    source,
    takesPrograms: true,
    run: (argv, options) => api.exec({ namespace, pod, container }, argv, options),
  };
}

/** How much and how long a node is read. */
export interface Limits {
  /** The most that a file may have, in bytes. */
  readonly rulesBytes: number;
  readonly otherBytes: number;
  /** Milliseconds without a byte after which a program counts as hanging. */
  readonly rulesSilence: number;
  readonly otherSilence: number;
  /** Milliseconds that one program may take in all. */
  readonly total: number;
}

/**
 * A dump of 100,000 Services has some 300 MB; the other files are read for a trace, not for themselves. With 10,000
 * Services `iptables-nft-save` thinks for 25 seconds on an idle machine before it prints.
 */
export const defaultLimits: Limits = {
  rulesBytes: 384 * 1024 * 1024,
  otherBytes: 64 * 1024 * 1024,
  rulesSilence: 60_000,
  otherSilence: 20_000,
  total: 600_000,
};

/** Runs `argv` and gives up when nothing came for `silence` milliseconds, however long the whole takes. */
export async function runWhileItAnswers(
  runner: Runner,
  argv: readonly string[],
  options: ExecOptions & { readonly silence: number },
): Promise<ExecResult> {
  const hung = new AbortController();
  const giveUp = (): void => hung.abort();
  let timer = setTimeout(giveUp, options.silence);
  let bytes = 0;
  try {
    return await runner.run(argv, {
      ...options,
      signal: AbortSignal.any([options.signal, hung.signal]),
      onProgress: (now) => {
        bytes = now;
        clearTimeout(timer);
        timer = setTimeout(giveUp, options.silence);
        options.onProgress?.(now);
      },
    });
  } catch (error) {
    if (!hung.signal.aborted || options.signal.aborted) throw error;
    const seconds = Math.max(1, Math.round(options.silence / 1000));
    const after = bytes === 0 ? 'gave no answer' : 'stopped in the middle of its answer, and gave no more';
    throw new ClusterFailure(
      'timedOut',
      `"${argv.join(' ')}" in ${sourceWords(runner.source)} ${after} for ${seconds} seconds.`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** `the Pod kube-system/kube-proxy-x7k2p`, `your own command ssh` */
export function sourceWords(source: RulesSource): string {
  switch (source.kind) {
    case 'command':
      return `your own command ${source.program}`;
    case 'debugPod':
      return `the debug Pod ${source.namespace}/${source.pod}`;
    default:
      return `the Pod ${source.namespace}/${source.pod}`;
  }
}
