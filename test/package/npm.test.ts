/** The npm package, installed into a fresh folder; and the action's step, as a runner's bash runs it. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = join(project, 'media/samples/kube-proxy-1.36');
/** This Node before all others. */
const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;

function run(
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  cwd = folder,
) {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, PATH, ...environment } } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status, stdout, stderr };
}

describe('the npm package', () => {
  it('is the command line alone, and runs where it is installed', () => {
    const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, project]);
    expect(packed.stderr).toBe('');
    const [{ filename, files }]: [{ filename: string; files: { path: string }[] }] = JSON.parse(
      packed.stdout,
    );
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'dist/cli.js',
        'dist/cluster.js',
        'dist/ThirdPartyNotices.txt',
      ]),
    );
    expect(
      paths.filter(
        (path) =>
          !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json|dist\/(cli\.js|cluster\.js|part\.\w+\.js|ThirdPartyNotices\.txt))$/u.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(statSync(join(folder, filename)).size).toBeLessThan(1_300_000);

    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const installed = run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`]);
    expect(installed).toMatchObject({ status: 0 });
    for (const name of ['kube-proxy-explorer', 'kubectl-kube_proxy_explorer']) {
      const program = join(folder, 'node_modules/.bin', name);
      const traced = run(program, ['trace', sample, '--from', 'pod:10.244.1.7', '--to', 'shop/three:http']);
      expect(traced).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('✓ Forwarded to one of 3 endpoints'),
      });
    }
    expect(run('npx', ['--offline', 'kube-proxy-explorer', '--version']).stdout).toMatch(
      /^\d+\.\d+\.\d+\n$/u,
    );
  });
});

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: {
    readonly steps: readonly { readonly run: string; readonly env: Readonly<Record<string, string>> }[];
  };
}

/** The lines of README that begin with a prompt, without their comments; those for a live cluster need one. */
const examples = [
  ...readFileSync(join(project, 'README.md'), 'utf8').matchAll(/^\$ (kube-proxy-explorer .+)$/gm),
]
  .map(([, line = '']) => line.replace(/\s+#.*$/, ''))
  .filter((line) => !line.includes('--context'));

describe('the examples of README', () => {
  const ADDRESSES =
    '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n    inet 192.0.2.10/24 scope global eth0\n';
  const texts = { 'ip-a.txt': ADDRESSES, 'ip-r.txt': 'default via 192.0.2.1 dev eth0\n' };
  const rules = join(sample, 'iptables-save.txt');

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(9);
  });

  // By a shell, as they are written; 1: what was looked for is wrong (`check`, `diagnose`, `diff`).
  it.each(examples)('%s', (line) => {
    const place = mkdtempSync(join(folder, 'example-'));
    cpSync(sample, join(place, 'node-1'), { recursive: true });
    cpSync(sample, join(place, 'media/samples/kube-proxy-1.36'), { recursive: true });
    for (const [name, moment] of Object.entries({ monday: 'before', tuesday: 'after' }))
      cpSync(join(project, 'media/samples/what-changed', moment), join(place, name), { recursive: true });
    cpSync(rules, join(place, 'rules.txt'));
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(place, name), text);
    const path = `${join(folder, 'node_modules/.bin')}${delimiter}${PATH}`;
    const { status, stdout, stderr } = run('bash', ['-c', line], { PATH: path }, place);
    expect(stderr).toBe('');
    expect(/ (?:check|diagnose|diff) /.test(line) ? [0, 1] : [0]).toContain(status);
    expect(stdout).not.toBe('');
  });
});

describe('the GitHub action', () => {
  const action: Action = JSON.parse(JSON.stringify(load(readFileSync(join(project, 'action.yml'), 'utf8'))));
  const [step] = action.runs.steps;
  // A runner's npx gets the package; here it is what was built.
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'npx'),
    `#!/bin/sh\nshift 2\nexec '${process.execPath}' '${join(project, 'dist/cli.js')}' "$@"\n`,
  );
  chmodSync(join(bin, 'npx'), 0o755);

  function check(rules: string, fail: string) {
    const output = join(folder, 'output');
    writeFileSync(output, '');
    const given = { RULES: rules, OBJECTS: '', SARIF: 'found.sarif', FAIL: fail, VERSION: 'latest' };
    const environment = { ...given, GITHUB_OUTPUT: output, PATH: `${bin}${delimiter}${PATH}` };
    const { status } = run('bash', ['-e', '-c', step?.run ?? 'exit 9'], environment);
    return {
      status,
      sarif: readFileSync(join(folder, 'found.sarif'), 'utf8'),
      output: readFileSync(output, 'utf8'),
    };
  }

  it('writes SARIF, and fails for errors unless it is told not to', () => {
    const wrong = join(folder, 'wrong; rm -rf x.txt');
    writeFileSync(wrong, '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j NOWHERE\nCOMMIT\n');
    const failed = check(wrong, 'true');
    expect(failed).toMatchObject({ status: 1, output: 'sarif=found.sarif\n' });
    expect(JSON.parse(failed.sarif)).toMatchObject({
      version: '2.1.0',
      runs: [
        { results: expect.arrayContaining([expect.objectContaining({ ruleId: 'undefined-jump-target' })]) },
      ],
    });
    expect(check(wrong, 'false').status).toBe(0);
    expect(check('absent', 'false').status).toBe(2);
    expect(check('--help', 'false').status).toBe(2);
  });

  it('takes inputs from the environment alone', () => {
    expect(step?.run).not.toContain('${{');
    expect(Object.values(step?.env ?? {})).toEqual(
      Object.keys(action.inputs).map((name) => `\${{ inputs.${name} }}`),
    );
  });
});
