/** `--context` and `--node` in place of RULES, with a cluster that is none: what is asked, said and how it ends. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClusterFailure, type FailureKind } from '../../../src/cluster/failure.ts';
import { filesOf, runWith, sample } from '../support/fakeCluster.ts';

const packet = ['--from', 'pod:10.244.1.5', '--to', 'shop/three:http'];
const live = ['--context', 'dev', '--node', 'node-1'];

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'kpe-live-'));
}

/** `check` says in which file a problem is: a live node's has another path. */
function withoutPaths(out: string): string {
  return out.replaceAll(/^\S+\/(ip6?tables-save)(?:\.txt)?$/gm, '$1');
}

describe('a live node in place of RULES', () => {
  it.each([
    ['trace', [...packet, '--format', 'json', '--one-node']],
    ['trace', [...packet, '--one-node']],
    ['tree', ['--by', 'service']],
    ['tree', ['--format', 'json']],
    ['check', []],
    ['explain', ['shop/three:http']],
  ])('gives %s %j the same answer as its snapshot does', async (command, args) => {
    const folder = join(temporary(), 'saved');
    expect((await runWith({}, ['snapshot', ...live, folder])).code).toBe(0);
    const fromNode = await runWith({}, [command, ...live, ...args]);
    const fromFolder = await runWith({}, [command, folder, ...args]);
    expect(fromNode).toMatchObject({ code: 0, err: '' });
    expect(withoutPaths(fromNode.out)).toBe(withoutPaths(fromFolder.out));
    expect(fromNode.asked).toMatchObject({ contexts: ['dev'], nodes: ['node-1'], closed: 1 });
    expect(fromFolder.asked.contexts).toEqual([]);
  });

  it('names the live document in what check finds', async () => {
    const broken = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j NOWHERE\nCOMMIT\n';
    const files = new Map([['iptables-save.txt', broken]]);
    const context = 'arn:aws:eks:eu-1:1:cluster/dev';
    const { code, out } = await runWith(
      { contexts: [{ name: context }], collect: () => Promise.resolve({ files }) },
      ['check', '--context', context, '--node', 'node-1', '--format', 'json'],
    );
    expect(code).toBe(1);
    const { problems }: { problems: readonly { readonly code: string; readonly file: string | null }[] } =
      JSON.parse(out);
    expect(problems.filter(({ file }) => file !== null)).toMatchObject([
      {
        code: 'undefined-jump-target',
        file: 'kube-proxy:/arn%3Aaws%3Aeks%3Aeu-1%3A1%3Acluster%2Fdev/node-1/iptables-save',
      },
    ]);
  });

  it('is of the current context where only --node is given', async () => {
    const { asked } = await runWith({}, ['tree', '--node', 'node-2']);
    expect(asked).toMatchObject({ contexts: ['dev'], nodes: ['node-2'], kubeconfigs: [null] });
  });

  it('takes several kubeconfig files, in their order', async () => {
    const { asked } = await runWith({}, ['tree', ...live, '--kubeconfig', 'one', '--kubeconfig=two']);
    expect(asked.kubeconfigs).toEqual([['one', 'two']]);
  });

  it('hands over the words behind -- as the user’s own command', async () => {
    const { asked } = await runWith({}, ['tree', ...live, '--', 'ssh', '{node}', 'sudo', '--', '-n']);
    expect(asked.commands).toEqual([['ssh', '{node}', 'sudo', '--', '-n']]);
  });

  it('names no Services where the objects may not be read, and says so', async () => {
    const failure = new ClusterFailure('forbidden', 'services are forbidden for user dev');
    const { code, out, err } = await runWith({ objects: () => Promise.reject(failure) }, [
      'trace',
      ...live,
      ...packet,
      '--format',
      'json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcomes: { length: 3 } });
    expect(err).toContain("The cluster's objects could not be read");
    expect(err).toContain('services are forbidden for user dev');
  });
});

describe('the node', () => {
  it('is told from the pod that sends', async () => {
    const { code, asked, err } = await runWith({}, ['trace', '--context', 'dev', ...packet]);
    expect(code).toBe(0);
    expect(asked.nodes[0]).toBe('node-1');
    expect(err).toMatch(
      /^The packet enters at node-1, where the pod default\/client-1 runs\. Its rules are used\.\n$/,
    );
  });

  it('is asked for where the packet does not tell', async () => {
    const { code, err, asked } = await runWith({}, [
      'trace',
      '--context',
      'dev',
      '--from',
      'external:203.0.113.9',
      '--to',
      '10.96.0.1:443',
    ]);
    expect({ code, asked: asked.nodes }).toEqual({ code: 2, asked: [] });
    expect(err).toMatch(/Say whose rules decide, with --node NODE\. The nodes are .*node-1.*\.\n$/);
  });

  it('is not asked for where nobody is known by the name that sends', async () => {
    const { code, err, asked } = await runWith({}, [
      'trace',
      '--context',
      'dev',
      '--from',
      'pod:default/nobody',
      '--to',
      '10.96.0.1:443',
    ]);
    expect({ code, asked: asked.nodes }).toEqual({ code: 2, asked: [] });
    expect(err).toContain('--from: "pod:default/nobody" is no address, and no pod');
    const given = await runWith({}, [
      'trace',
      ...live,
      '--from',
      'pod:default/nobody',
      '--to',
      '10.96.0.1:443',
    ]);
    expect(given.err).toContain(
      '--from: Nothing here is called "pod:default/nobody": it is no address, and no pod.',
    );
  });

  it('is the only one there is', async () => {
    const { asked, err } = await runWith({ nodes: ['alone'] }, ['check', '--context', 'dev']);
    expect(asked.nodes).toEqual(['alone']);
    expect(err).toBe('The rules are those of alone, the only node.\n');
  });

  it.each([
    [['node-1', 'node-2', 'node-3'], 'The nodes are node-1, node-2 and node-3.'],
    [[], 'The cluster has no nodes.'],
    [Array.from({ length: 2000 }, (_, index) => `n${index}`), 'n19 and 1,980 more.'],
  ])('is asked for', async (nodes, words) => {
    const { code, err } = await runWith({ nodes }, ['tree', '--context', 'dev']);
    expect(code).toBe(2);
    expect(err).toContain('with --node NODE.');
    expect(err).toContain(words);
  });

  it('that does not exist is corrected', async () => {
    const { code, err } = await runWith(
      { collect: () => Promise.reject(new ClusterFailure('notFound', 'nodes "noed-1" not found')) },
      ['tree', '--context', 'dev', '--node', 'noed-1'],
    );
    expect(code).toBe(2);
    expect(err).toBe('Context "dev" has no node "noed-1". Did you mean "node-1"?\n');
  });
});

describe('the context', () => {
  it.each([
    ['dve', 'has no context "dve". Did you mean "dev"?'],
    ['staging', 'has no context "staging". The contexts are dev and prod.'],
  ])('%s is none', async (name, words) => {
    const { code, err, asked } = await runWith({}, ['tree', '--context', name, '--node', 'node-1']);
    expect({ code, contacted: asked.contexts }).toEqual({ code: 2, contacted: [] });
    expect(err).toContain(words);
  });

  it('is asked for where none is current', async () => {
    const { code, err } = await runWith({ contexts: [{ name: 'a' }, { name: 'b' }] }, [
      'tree',
      '--node',
      'n',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('has no current context: say which with --context. The contexts are a and b.');
  });
});

describe('a failure', () => {
  const kinds: readonly (readonly [FailureKind, RegExp])[] = [
    ['unreachable', /Check that the server runs/],
    ['badCertificate', /certificate-authority/],
    ['unauthorized', /Log in anew as the user of context "dev"/],
    ['forbidden', /docs\/rbac\.yaml/],
    ['execRefused', /kubelet of node-1/],
    ['noSuchBinary', /--debug-pod/],
    ['commandFailed', /-- ssh \{node\} sudo \{program\}/],
    ['noSource', /--debug-pod/],
    ['cutOff', /Run it again/],
    ['timedOut', /Run it again/],
    ['tooLarge', /Save it on the node/],
    ['badConfiguration', /What happened\.\n$/],
    ['other', /What happened\.\n$/],
  ];

  it.each(kinds)('%s is told with what to do', async (kind, cure) => {
    const { code, out, err, asked } = await runWith(
      { collect: () => Promise.reject(new ClusterFailure(kind, 'What happened')) },
      ['trace', ...live, ...packet],
    );
    expect({ code, out, closed: asked.closed }).toEqual({ code: 2, out: '', closed: 1 });
    expect(err).toMatch(/^What happened\. ?/);
    expect(err).toMatch(cure);
  });

  it('cannot write to the terminal with the words of a server', async () => {
    const failure = new ClusterFailure('other', 'evil\u001B[31m\u001B]0;title\u0007 \nnode-9: ok');
    const { err } = await runWith({ collect: () => Promise.reject(failure) }, ['tree', ...live]);
    expect(err).toBe('evil node-9: ok.\n');
  });

  it('is said where objects are given beside a node', async () => {
    const { code, err } = await runWith({}, [
      'check',
      ...live,
      '--objects',
      join(sample, 'iptables-save.txt'),
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(/^--objects and a live node exclude each other/);
  });
});

describe('an interruption', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s ends what runs, closes the cluster, and exits with %i', async (signal, code) => {
    const listeners = process.listenerCount(signal);
    const collect = (_: string, options: { readonly signal: AbortSignal }): Promise<never> =>
      new Promise((__, reject) => {
        options.signal.addEventListener('abort', () => reject(new ClusterFailure('cancelled', 'cancelled')));
        process.emit(signal);
      });
    const result = await runWith({ collect }, ['trace', ...live, ...packet]);
    expect(result).toMatchObject({ code, out: '', err: '', asked: { closed: 1 } });
    expect(process.listenerCount(signal)).toBe(listeners);
  });
});

describe('a debug Pod', () => {
  const manifest = { kind: 'Pod', metadata: { name: 'kube-proxy-explorer-x', namespace: 'default' } };
  /** Collects if it may create the Pod. */
  const fake = {
    collect: async (
      node: string,
      options: Parameters<NonNullable<Parameters<typeof runWith>[0]['collect']>>[1],
    ) => {
      if (!(await options.confirmDebugPod(node, manifest, options.signal))) {
        throw new ClusterFailure('noSource', 'Nothing on node-1 can be asked.');
      }
      const pod = { namespace: 'default', pod: 'kube-proxy-explorer-x', container: null };
      return { source: { kind: 'debugPod' as const, ...pod } };
    },
  };

  it('is not created unasked', async () => {
    const { code, asked, err } = await runWith({ ...fake, answer: true }, ['tree', ...live]);
    expect({ code, questions: asked.questions }).toEqual({ code: 2, questions: [] });
    expect(err).toContain('add --debug-pod');
  });

  it.each([true, false])('is created when the question is answered with %s', async (answer) => {
    const { code, asked } = await runWith({ ...fake, answer }, ['tree', ...live, '--debug-pod']);
    expect(code).toBe(answer ? 0 : 2);
    expect(asked.questions).toHaveLength(1);
    expect(asked.questions[0]).toContain('kube-proxy-explorer-x');
  });

  it('needs --yes where there is nobody to answer', async () => {
    const none = await runWith({ ...fake, answer: null }, ['tree', ...live, '--debug-pod']);
    expect(none.code).toBe(2);
    expect(none.err).toContain('answer it with --yes');
    const yes = await runWith({ ...fake, answer: null }, ['tree', ...live, '--debug-pod', '--yes']);
    expect(yes).toMatchObject({ code: 0, asked: { questions: [] } });
  });
});

describe('snapshot', () => {
  it('writes a folder that gives the same answers', async () => {
    const folder = join(temporary(), 'node-1');
    const { code, out } = await runWith({}, ['snapshot', ...live, folder]);
    expect(code).toBe(0);
    expect(out).toContain(`node-1 is saved in ${folder}`);
    expect(out).toMatch(/Not had, or not whole:\n {2}conntrack\.txt {2}the Pod has no conntrack\n/);
    const about: unknown = JSON.parse(readFileSync(join(folder, 'snapshot.json'), 'utf8'));
    expect(about).toMatchObject({
      node: 'node-1',
      context: 'dev',
      taken: '2026-11-21T12:00:00.000Z',
      missing: [{ file: 'conntrack.txt', reason: 'the Pod has no conntrack' }],
    });
    const saved = await runWith({}, ['trace', folder, ...packet, '--format', 'json']);
    const now = await runWith({}, ['trace', ...live, ...packet, '--format', 'json']);
    expect(JSON.parse(saved.out)).toEqual(JSON.parse(now.out));
  });

  it('prints what it wrote as JSON', async () => {
    const folder = temporary();
    const { out } = await runWith({}, ['snapshot', ...live, folder, '--format', 'json']);
    expect(JSON.parse(out)).toEqual({
      folder,
      context: 'dev',
      node: 'node-1',
      files: expect.arrayContaining(['iptables-save.txt', 'objects.json', 'snapshot.json']),
      missing: [{ file: 'conntrack.txt', reason: 'the Pod has no conntrack' }],
    });
    expect(readdirSync(folder).toSorted()).toEqual(
      [...filesOf(sample).keys(), 'objects.json', 'snapshot.json'].toSorted(),
    );
  });

  it('replaces an older one only when it is told to, and leaves nothing of it', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'conntrack.txt'), 'old');
    writeFileSync(join(folder, 'notes.md'), 'mine');
    const unforced = await runWith({}, ['snapshot', ...live, folder]);
    expect(unforced).toMatchObject({ code: 2, asked: { contexts: [] } });
    expect(unforced.err).toContain('--force');
    expect((await runWith({}, ['snapshot', ...live, folder, '--force'])).code).toBe(0);
    expect(existsSync(join(folder, 'conntrack.txt'))).toBe(false);
    expect(readFileSync(join(folder, 'notes.md'), 'utf8')).toBe('mine');
  });

  it.each([
    ['a folder of something else', '', 'holds no snapshot'],
    ['a file', 'notes.md', 'is a file'],
  ])('refuses %s, forced or not, before it asks anybody', async (_, name, words) => {
    const folder = temporary();
    writeFileSync(join(folder, 'notes.md'), 'mine');
    for (const force of [[], ['--force']]) {
      const { code, err, asked } = await runWith({}, ['snapshot', ...live, join(folder, name), ...force]);
      expect({ code, contexts: asked.contexts }).toEqual({ code: 2, contexts: [] });
      expect(err).toContain(words);
    }
  });

  it('writes no name that is not a snapshot’s', async () => {
    const folder = join(temporary(), 'in');
    mkdirSync(folder);
    const files = new Map([...filesOf(sample), ['../outside.txt', 'x'], ['.bashrc', 'x']]);
    await runWith({ collect: () => Promise.resolve({ files }) }, ['snapshot', ...live, folder]);
    expect(readdirSync(join(folder, '..'))).toEqual(['in']);
    expect(readdirSync(folder)).not.toContain('.bashrc');
  });
});
