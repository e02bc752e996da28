import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contextsOf, readKubeconfig } from '../../../src/cluster/adapters/kubeconfig.ts';
import type { KubeconfigHost } from '../../../src/cluster/kubeconfigPaths.ts';
import type { ClusterModule } from '../../../src/cluster/session.ts';
import { kubeconfigText, noHost, temporaryFolder } from '../support/kubeconfigs.ts';

function write(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const withVariable = (...files: readonly string[]): KubeconfigHost => ({
  ...noHost,
  env: { KUBECONFIG: files.join(delimiter) },
});

const config = (name: string, server: string, more = ''): string => `
apiVersion: v1
kind: Config
current-context: ${name}
contexts: [{name: ${name}, context: {cluster: shared, user: ${name}, namespace: n-${name}}}]
clusters: [{name: shared, cluster: {server: "${server}"}}]
users: [{name: ${name}, user: {token: t-${name}}}]
${more}`;

it('main.ts is what the extension and the command line load', async () => {
  const main: ClusterModule = await import('../../../src/cluster/main.ts');
  const { contexts, problems } = await main.readContexts({
    kubeconfig: [write(temporaryFolder(), 'config', kubeconfigText({ server: 'https://127.0.0.1:1' }))],
  });
  expect(problems).toEqual([]);
  expect(contexts).toEqual([
    { name: 'test', cluster: 'c', user: 'u', namespace: null, server: 'https://127.0.0.1:1', current: true },
  ]);
});

describe('several files in $KUBECONFIG', () => {
  it('are merged: the first that names something wins', async () => {
    const folder = temporaryFolder();
    const files = [
      write(folder, 'a', config('one', 'https://a')),
      write(folder, 'b', config('two', 'https://b')),
    ];
    const {
      contexts,
      files: read,
      problems,
    } = contextsOf(await readKubeconfig(null, withVariable(...files)));
    expect(problems).toEqual([]);
    expect(read).toEqual(files);
    expect(
      contexts.map(({ name, server, current, namespace }) => [name, server, current, namespace]),
    ).toEqual([
      ['one', 'https://a', true, 'n-one'],
      ['two', 'https://a', false, 'n-two'],
    ]);
  });

  it('may be named with blanks, twice, or not be there', async () => {
    const folder = temporaryFolder();
    const file = write(folder, 'a', config('one', 'https://a'));
    const host = withVariable('', ` ${file}`, join(folder, 'gone'), file, '');
    const { contexts, files, problems } = contextsOf(await readKubeconfig(null, host));
    expect([contexts.length, files, problems]).toEqual([1, [file], []]);
  });

  it('still serve when one is broken, and its secrets are not shown', async () => {
    const folder = temporaryFolder();
    const broken = write(folder, 'broken', 'users:\n- name: u\n  user: {token: s3cret\n');
    const good = write(folder, 'good', config('one', 'https://a'));
    const { contexts, problems } = contextsOf(await readKubeconfig(null, withVariable(broken, good)));
    expect(contexts.map(({ name }) => name)).toEqual(['one']);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^${broken} cannot be read: .*line \\d+\\.$`)),
    ]);
    expect(problems.join()).not.toContain('s3cret');
  });
});

describe('a file', () => {
  it.each([
    ['', []],
    ['# nothing', []],
    ['contexts: null', []],
    ['just words', ['cannot be read: it holds no kubeconfig']],
    ['contexts: words', ['contexts is not a list']],
    ['contexts: [{context: {}}]', ['contexts[0] has no name']],
    ['current-context: gone', ['The current context is gone, which is not there']],
    [
      'contexts: [{name: a, context: {cluster: x, user: y}}]',
      ['The context a names the cluster x', 'The context a names the user y'],
    ],
  ])('that holds %j tells its problems', async (text, expected) => {
    const file = write(temporaryFolder(), 'config', text);
    const { problems } = contextsOf(await readKubeconfig(null, withVariable(file)));
    expect(problems.length).toBe(expected.length);
    for (const [index, words] of expected.entries()) expect(problems[index]).toContain(words);
  });

  it('that a setting names has to be there', async () => {
    const { problems } = contextsOf(await readKubeconfig(['/nowhere/config'], noHost));
    expect(problems).toEqual(['/nowhere/config cannot be read: there is no such file.']);
  });

  it('that a setting names is taken in place of $KUBECONFIG', async () => {
    const folder = temporaryFolder();
    const named = write(folder, 'a', config('one', 'https://a'));
    const other = write(folder, 'b', config('two', 'https://b'));
    const { contexts } = contextsOf(await readKubeconfig([named], withVariable(other)));
    expect(contexts.map(({ name }) => name)).toEqual(['one']);
  });

  it('in the home folder is read without $KUBECONFIG', async () => {
    const home = temporaryFolder();
    write(home, '.kube/config', config('one', 'https://a'));
    const { contexts } = contextsOf(await readKubeconfig(null, { ...noHost, home }));
    expect(contexts.map(({ name }) => name)).toEqual(['one']);
  });
});

const inPod = (serviceAccount: string): KubeconfigHost => ({
  env: { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' },
  home: '/nowhere',
  serviceAccount,
});

describe('within a Pod', () => {
  it("the service account's context stands in for a kubeconfig", async () => {
    const folder = temporaryFolder();
    write(folder, 'token', 'abc');
    write(folder, 'namespace', 'tools\n');
    const { contexts } = contextsOf(await readKubeconfig(null, inPod(folder)));
    expect(contexts).toEqual([
      {
        name: 'in-cluster',
        cluster: 'in-cluster',
        user: 'in-cluster',
        namespace: 'tools',
        server: 'https://[fd00::1]:6443',
        current: true,
      },
    ]);
  });

  it('there is none without a token', async () => {
    expect(contextsOf(await readKubeconfig(null, inPod(temporaryFolder()))).contexts).toEqual([]);
  });
});
