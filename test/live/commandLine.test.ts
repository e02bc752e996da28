/** The command line against a real cluster, with exactly the rights of docs/rbac.yaml. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isRecord } from '../../src/text/json.ts';
import { bundledCli, type Cli, type Finished } from '../cli/support/cli.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { imageTools } from './support/kwok.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample, sampleNamespace } from './support/sample.ts';
import { flowsToServices } from './support/serviceFlows.ts';
import { until } from './support/until.ts';
import type { UserName } from './support/users.ts';

let cluster: Cluster;
let cli: Cli;
const folder = mkdtempSync(join(tmpdir(), 'kpe-live-cli-'));
/** Debug Pods that the tests let the product make. */
let debugPods = 0;

beforeAll(async () => {
  [cluster, cli] = await Promise.all([
    startCluster({
      nodes: [
        { name: 'node-1' },
        { name: 'node-2' },
        { name: 'modern', mode: 'nftables' },
        { name: 'bare', mode: 'none' },
      ],
    }),
    bundledCli(),
  ]);
  await addSample(cluster);
  for (const name of ['node-1', 'node-2']) {
    await cluster.rulesMatch(cluster.node(name), (rules) => rules.includes('shop/web:http'));
  }
});

afterEach(() => {
  for (const name of imageTools) cluster.node('node-1').tools.restore(name);
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await expectReadOnly(cluster, { debugPods });
  await cluster.stop();
});

/** Words of a command line that ask the cluster as `user`. */
function as(user: UserName, ...args: readonly string[]): readonly string[] {
  const [command = '', ...rest] = args;
  return [
    command,
    '--kubeconfig',
    cluster.kubeconfigs[user],
    '--context',
    `${cluster.contextPrefix}${user}`,
    ...rest,
  ];
}

function viewer(...args: readonly string[]): Promise<Finished> {
  return cli(as('viewer', ...args));
}

/** Packets are counted on while nobody looks, and a finding says when the rules were read. */
function quiet({ code, out }: Finished): readonly [number | null, string] {
  return [code, out.replaceAll(/\d+ packets?|"packets":\d+|\d\d:\d\d:\d\d UTC|"file":"[^"]*"/g, '')];
}

function execs(): number {
  return cluster.auditEvents().filter(({ subresource }) => subresource === 'exec').length;
}

/** Resolves when an exec of the product has begun after now. */
async function execBegins(): Promise<NodeJS.Signals> {
  const before = execs();
  await until('an exec begins', () => execs() > before);
  return 'SIGINT';
}

function podsMade(): number {
  const events = cluster.auditEvents();
  return events.filter(
    ({ verb, resource, subresource }) => `${verb} ${resource}${subresource}` === 'create pods',
  ).length;
}

/** Runs the command line on a terminal and types `keys` when it asks. */
async function onTerminal(keys: string, args: readonly string[]): Promise<Finished> {
  const script = fileURLToPath(new URL('support/answering.py', import.meta.url));
  const program = [process.execPath, cli.file, ...args];
  const child = spawn('python3', [script, '[y/N]', keys, ...program], { timeout: 60_000 });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  const [code, signal] = await once(child, 'close');
  return { code, signal, out: Buffer.concat(out).toString(), err: '' };
}

/** The address of a Service of the sample. */
async function clusterIP(service: string): Promise<string> {
  const { spec } = await cluster.client.get(`/api/v1/namespaces/${sampleNamespace}/services/${service}`);
  return isRecord(spec) ? String(spec['clusterIP']) : '';
}

describe('a snapshot', () => {
  // Now and then kube-proxy writes all rules anew, in another order: that is no other answer, but another path.
  beforeAll(async () => {
    for (const name of ['node-1', 'node-2']) {
      await until(`the rules of ${name} have caught up`, async () => {
        const { code, out } = await viewer('check', '--node', name, '--format', 'json');
        return code === 0 && !out.includes('"endpoint-');
      });
      await cluster.node(name).proxy?.stop();
    }
  });
  afterAll(() => {
    for (const name of ['node-1', 'node-2']) cluster.node(name).proxy?.start();
  });

  test('gives the same traces as the live node, for every kind of packet of both families', async () => {
    const services = await cluster.client.list(`/api/v1/namespaces/${sampleNamespace}/services`);
    const { addresses } = cluster.node('node-1');
    const flows = flowsToServices(services, {
      pod: { 4: '198.19.1.77', 6: 'fd00::198:19:1:77' },
      outside: { 4: '198.18.63.9', 6: 'fd00::198:18:63:9' },
      node: addresses,
    }).map(({ title, flow }) => JSON.stringify({ id: title, ...flow }));
    expect(new Set(flows.map((line) => line.includes('"family":6')))).toEqual(new Set([true, false]));
    const path = join(folder, 'flows.jsonl');
    writeFileSync(path, flows.join('\n'));
    const saved = join(folder, 'node-1');
    expect((await viewer('snapshot', '--node', 'node-1', saved)).code).toBe(0);
    const fromFiles = await cli(['trace', saved, '--flows', path]);
    const fromNode = await viewer('trace', '--node', 'node-1', '--flows', path);
    expect(fromNode).toMatchObject({ code: 0, err: '' });
    expect(fromNode.out.trimEnd().split('\n')).toHaveLength(flows.length);
    expect(fromNode.out).toBe(fromFiles.out);
  });

  test('gives the same tree, problems and explanations', async () => {
    const saved = join(folder, 'same');
    await viewer('snapshot', '--node', 'node-2', saved);
    for (const args of [
      ['tree', '--by', 'service'],
      ['explain', 'shop/web:http', '--format', 'json'],
      ['check', '--format', 'json'],
    ]) {
      const [command = '', ...rest] = args;
      const fromFiles = await cli([command, saved, ...rest]);
      const fromNode = await viewer(command, '--node', 'node-2', ...rest);
      expect(quiet(fromNode)).toEqual(quiet(fromFiles));
    }
  });

  test('says in itself of what node it is, and why what lacks does', async () => {
    const saved = join(folder, 'about');
    const { out } = await viewer('snapshot', '--node', 'node-1', saved, '--format', 'json');
    const about: unknown = JSON.parse(readFileSync(join(saved, 'snapshot.json'), 'utf8'));
    expect(about).toMatchObject({ node: 'node-1', context: `${cluster.contextPrefix}viewer` });
    const written: unknown = JSON.parse(out);
    expect(isRecord(written) && isRecord(about) && written['missing']).toEqual(
      isRecord(about) && about['missing'],
    );
  });
});

describe('a trace', () => {
  test('goes on at the endpoint’s node, and says where it cannot', async () => {
    const { code, out, err } = await viewer('trace', '--from', 'node:node-1', '--to', 'shop/web:http');
    expect(code).toBe(0);
    expect(err).toContain('A process of node-1 sends the packet. Its rules are used.');
    expect(out).toMatch(/^✓ Sent to one of 3 endpoints of shop\/web:http\.\n/);
    const pods = await cluster.client.list(
      `/api/v1/namespaces/${sampleNamespace}/pods?labelSelector=app%3Dweb`,
    );
    const nodes = pods.map(({ spec }) => (isRecord(spec) ? String(spec['nodeName']) : ''));
    for (const node of new Set(nodes.filter((each) => each !== 'node-1'))) {
      expect(out).toMatch(new RegExp(`^On ${node}: .* → .*:8080$`, 'm'));
      if (node === 'bare') expect(out).toContain('is on bare, whose rules are not here.');
    }
  });

  test('follows the rules of kube-proxy in nftables mode, alone and beside rules of iptables', async () => {
    const words = ['--node', 'modern', '--from', 'node', '--to', `${await clusterIP('web')}:80`];
    const alone = await viewer('trace', ...words);
    expect(alone.code).toBe(0);
    expect(alone.out).toMatch(/^✓ Sent to one of 3 endpoints of shop\/web:http\.\n/);
    expect(alone.out).toMatch(/^ *OUTPUT ip kube-proxy /m);
    // What a kubelet makes on every node, whatever kube-proxy's mode is.
    cluster.node('modern').namespace.run(['iptables', '-t', 'mangle', '-N', 'KUBE-KUBELET-CANARY']);
    const beside = await viewer('trace', ...words);
    expect(beside.code).toBe(0);
    expect(beside.out).toMatch(/^✓ Sent to one of 3 endpoints of shop\/web:http\.\n/);
    expect(beside.out).not.toContain('not followed');
  });
});

describe('a right that lacks', () => {
  test('is named: exec', async () => {
    const { code, out, err } = await cli(as('viewer-no-exec', 'tree', '--node', 'node-1'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/may not (get|create) pods\/exec in kube-system\./);
    expect(err).toContain('docs/rbac.yaml');
  });

  test('is named: everything', async () => {
    const { code, err } = await cli(as('nobody', 'tree', '--node', 'node-1'));
    expect(code).toBe(2);
    expect(err).toMatch(/nobody may not list (pods|nodes)/);
    expect(err).not.toContain('No kube-proxy');
  });

  test('is named where pods/exec may be got only, as Kubernetes before 1.35 wanted it', async () => {
    const metadata = { name: 'half-exec', namespace: 'kube-system' };
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }];
    const binding = {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'half-exec' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer-no-exec' }],
    };
    await cluster.client.apply({ apiVersion, kind: 'Role', metadata, rules });
    await cluster.client.apply(binding);
    const { code, err } = await cli(as('viewer-no-exec', 'tree', '--node', 'node-1'));
    expect(code).toBe(2);
    expect(err).toContain('may not create pods/exec in kube-system.');
    await cluster.client.delete(binding);
  });
});

describe('what goes wrong', () => {
  test.each<readonly [UserName, RegExp]>([
    ['unreachable', /refuses the connection/],
    ['wrong-ca', /certificate/],
    ['wrong-token', /does not accept the credentials/],
    ['broken-plugin', /the session is over: log in again/],
  ])('%s', async (user, words) => {
    const { code, out, err } = await cli(as(user, 'check', '--node', 'node-1'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
  });

  test('a node that is none, with the nearest', async () => {
    const { code, err } = await viewer('tree', '--node', 'node-11');
    expect(code).toBe(2);
    expect(err).toMatch(/has no node "node-11"\. Did you mean "node-[12]"\?/);
  });

  test('no node, with all of them', async () => {
    const { err } = await viewer('tree');
    expect(err).toContain('The nodes are bare, modern, node-1 and node-2.');
  });

  test('a Pod without iptables', async () => {
    cluster.node('node-1').tools.remove('iptables-save');
    const { code, err } = await viewer('tree', '--node', 'node-1');
    expect(code).toBe(2);
    expect(err).toContain('has no iptables-save');
  });
});

describe('Ctrl+C', () => {
  test('ends a command that waits for a hanging node', async () => {
    cluster.node('node-1').tools.replace('iptables-save', 'sleep 1000');
    const result = await cli(as('viewer', 'tree', '--node', 'node-1'), { signalled: execBegins() });
    expect(result).toMatchObject({ code: 130, out: '', err: '' });
  });

  test('removes the debug Pod', async () => {
    debugPods++;
    const created = until('the debug Pod is made', () =>
      cluster
        .auditEvents()
        .some(({ verb, resource, status }) => verb === 'create' && resource === 'pods' && status === 201),
    ).then(() => 'SIGINT' as const);
    const args = as('admin', 'tree', '--node', 'bare', '--debug-pod', '--yes');
    const result = await cli(args, { signalled: created });
    expect(result).toMatchObject({ code: 130, out: '' });
    // afterAll: nothing of it is left.
  });
});

describe('the other ways to a node', () => {
  test('a debug Pod is asked for before it is made, and without a terminal there is no question', async () => {
    const without = await cli(as('admin', 'tree', '--node', 'bare'));
    expect(without).toMatchObject({ code: 2, out: '' });
    expect(without.err).toContain('--debug-pod');
    const asked = await cli(as('admin', 'tree', '--node', 'bare', '--debug-pod'));
    expect(asked.err).toContain('--yes');
  });

  test.each([
    ['no', 'n\n', 2],
    ['Ctrl+C', '\u0003', 130],
    ['yes', 'y\n', 2],
  ])(
    'a question on a terminal says what the debug Pod is, and is answered with %s',
    async (_, keys, code) => {
      const before = podsMade();
      const { out, ...end } = await onTerminal(keys, as('admin', 'tree', '--node', 'bare', '--debug-pod'));
      expect(out).toMatch(/A debug Pod could be put there:\r\n {2}Pod {5}kube-system\/kube-proxy-explorer-/);
      expect(out).toMatch(/rights {2}the node's network, NET_ADMIN, NET_RAW\r\n/);
      expect(end.code).toBe(code);
      const made = podsMade() - before;
      expect(made).toBe(keys === 'y\n' ? 1 : 0);
      if (made === 1) expect(out).toContain('which is removed.');
      debugPods += made;
    },
  );

  test('a command of one’s own, run as it is', async () => {
    const { name } = cluster.node('node-2').namespace;
    const own = ['--', 'ip', 'netns', 'exec', name.replace('node-2', '{node}'), '{program}'];
    const saved = join(folder, 'own');
    const { code, out } = await viewer('snapshot', '--node', 'node-2', saved, ...own);
    expect(code).toBe(0);
    expect(out).toMatch(/ip-addr\.json/);
    expect(JSON.parse(readFileSync(join(saved, 'ip-addr.json'), 'utf8'))).toContainEqual(
      expect.objectContaining({ ifname: 'eth0' }),
    );
  });
});
