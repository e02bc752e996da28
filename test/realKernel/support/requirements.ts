import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** Why the kernel cannot be asked here; null when it can. `tools` are commands that the tests need. */
function missing(tools: readonly string[]): string | null {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'this user is not root';
  const absent = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  if (absent.length > 0) return `missing: ${absent.join(', ')}`;
  const name = `kpe-probe-${process.pid}`;
  const added = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  return added.status === 0 ? null : `network namespaces cannot be made: ${added.stderr.trim()}`;
}

/**
 * A `describe` that runs where the kernel can be asked. Elsewhere it is skipped with the reason in its title, or, with
 * KUBE_PROXY_NO_SKIP=1, fails.
 */
export function describeWithKernel(title: string, tools: readonly string[], body: () => void): void {
  const reason = missing(['ip', ...tools]);
  if (reason === null || process.env['KUBE_PROXY_NO_SKIP'] === '1') describe(title, body);
  else describe.skip(`${title} (skipped: ${reason})`, body);
}
