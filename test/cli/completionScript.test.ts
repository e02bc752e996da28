/** The completion scripts, asked in the shells themselves where they are installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionFor, shells } from '../../src/cli/completionScript.ts';
import { commands } from '../../src/cli/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-completion-'));
const specs = commands.map(({ spec }) => spec);

function installed(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

/** What bash offers behind these words; the last is the one that is being written. */
function offered(...words: readonly string[]): readonly string[] {
  const script = join(folder, 'completion.bash');
  writeFileSync(script, completionFor('bash', specs));
  const line = ['kube-proxy-explorer', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `source '${script}'; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _kube_proxy_explorer; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { encoding: 'utf8', cwd: folder });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((each) => each !== '');
}

describe.skipIf(!installed('bash'))('bash', () => {
  it('offers commands, their options, values and files', () => {
    writeFileSync(join(folder, 'node 1.txt'), '');
    expect(offered('')).toEqual(expect.arrayContaining(['trace', 'check', 'lsp', 'mcp', 'completion']));
    expect(offered('di')).toEqual(['diagnose', 'diff']);
    expect(offered('trace', 'rules', '--fr')).toEqual(['--from']);
    expect(offered('trace', 'rules', '--expect', '')).toEqual([
      'forward',
      'local',
      'drop',
      'reject',
      'unknown',
    ]);
    expect(offered('check', 'rules', '--format', 's')).toEqual(['sarif']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('check', 'nod')).toEqual(['node 1.txt']);
    expect(offered('mcp', '--con')).toEqual([]);
  });
});

it.each(shells.filter(installed))('%s can read its script', (shell) => {
  const script = join(folder, `read.${shell}`);
  writeFileSync(script, completionFor(shell, specs));
  const { status, stderr } = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('names every command and option in every shell', () => {
  for (const shell of shells) {
    const script = completionFor(shell, specs);
    for (const { name, options } of specs) {
      expect(script).toContain(name);
      for (const option of options) expect(script).toContain(option.name);
    }
  }
});
