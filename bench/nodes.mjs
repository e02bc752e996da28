// `npm run bench:nodes -- [NODES]`: `check --all-nodes` of a cluster of so many nodes (default 2,000) over HTTP: time, memory, and what
// `--resume` costs. The API server is a fake one on loopback: it lists nodes, each with a kube-proxy, and answers each exec of
// `iptables-save` with a dump of this repository. Needs `npm run build`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

process.removeAllListeners('warning');
const { FakeApiServer, sendJson } = await import('../test/cluster/support/fakeApiServer.ts');

const root = new URL('..', import.meta.url).pathname;
const count = Number(process.argv[2] ?? 2000);
const dump = readFileSync(join(root, 'media/samples/kube-proxy-1.36/iptables-save.txt'));
const [OUT, STATUS] = [1, 3];

const names = Array.from({ length: count }, (_, index) => `node-${index}`);
const nodes = names.map((name, index) => ({
  metadata: { name, uid: `n${index}`, resourceVersion: '1', labels: { 'kubernetes.io/os': 'linux' } },
  spec: { podCIDR: `10.${128 + (index >> 8)}.${index & 255}.0/24` },
  status: {
    addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }],
    conditions: [{ type: 'Ready', status: 'True' }],
    nodeInfo: { operatingSystem: 'linux', kubeProxyVersion: 'v1.36.3', kubeletVersion: 'v1.36.3' },
  },
}));
const pods = names.map((nodeName, index) => ({
  metadata: {
    name: `kube-proxy-${index}`,
    namespace: 'kube-system',
    uid: `p${index}`,
    resourceVersion: '1',
    labels: { 'k8s-app': 'kube-proxy' },
  },
  spec: { nodeName, hostNetwork: true, containers: [{ name: 'kube-proxy', image: 'kube-proxy:v1.36.3' }] },
  status: {
    phase: 'Running',
    podIP: `192.168.${index >> 8}.${index & 255}`,
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'kube-proxy', ready: true, state: { running: {} } }],
  },
}));

/** By the last word of a path; fields that select are not looked at but for one node's Pods. */
function listed(url) {
  const { pathname, searchParams } = new URL(url, 'http://fake');
  const kind = pathname.split('/').at(-1);
  const node = /spec\.nodeName=([^,]+)/.exec(searchParams.get('fieldSelector') ?? '')?.[1];
  if (kind === 'nodes') return nodes;
  if (kind === 'pods') return node === undefined ? pods : pods.filter(({ spec }) => spec.nodeName === node);
  if (['services', 'endpointslices', 'namespaces', 'networkpolicies', 'endpoints'].includes(kind)) return [];
  return null;
}

let execs = 0;

function answer(socket, url) {
  execs++;
  const argv = new URL(url, 'http://fake').searchParams.getAll('command');
  const isSave = /^iptables(-nft)?-save$/.test(argv.find((word) => word.includes('save')) ?? '');
  if (isSave) socket.send(Buffer.concat([Buffer.from([OUT]), dump]));
  const failure = {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '127' }] },
  };
  const status = JSON.stringify(isSave ? { status: 'Success' } : failure);
  socket.send(Buffer.concat([Buffer.from([STATUS]), Buffer.from(status)]), () => socket.close());
}

const fake = await FakeApiServer.start({ certificate: null });
fake.route('/version', (_, response) =>
  sendJson(response, { gitVersion: 'v1.36.3', major: '1', minor: '36' }),
);
fake.handler = (request, response) => {
  const items = listed(request.url ?? '');
  if (items !== null) sendJson(response, { metadata: { resourceVersion: '1' }, items });
  else sendJson(response, { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }, 404);
};
const sockets = new WebSocketServer({ noServer: true });
fake.onUpgrade((request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (open) => answer(open, request.url ?? '')),
);

const folder = mkdtempSync(join(tmpdir(), 'kpe-nodes-'));
try {
  const kubeconfig = join(folder, 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: fake.url } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: { token: 'abc' } }],
    }),
  );
  const run = join(folder, 'run.jsonl');
  const whole = await timed(kubeconfig, []);
  writeFileSync(run, whole.stdout);
  tell(`${count.toLocaleString('en')} nodes`, whole);
  // As if the run had been stopped half-way.
  const lines = whole.stdout.trim().split('\n');
  writeFileSync(run, `${lines.slice(0, Math.ceil(lines.length / 2)).join('\n')}\n`);
  tell('resumed at half', await timed(kubeconfig, ['--resume', run]));
} finally {
  await fake.stop();
  rmSync(folder, { recursive: true, force: true });
}

function tell(name, { seconds, cpu, memory, stdout, stderr, code, asked }) {
  console.log(
    `${name}: ${seconds.toFixed(1)} s, CPU ${cpu.toFixed(1)} s, at most ${memory} MB; ${asked} execs, ${stdout.trim().split('\n').length} lines, exit code ${code}`,
  );
  const complaint = stderr.trim().split('\n').at(-1) ?? '';
  if (complaint !== '') console.log(`  ${complaint.slice(0, 200)}`);
}

/** Of the whole process; its memory as the kernel counts it. */
async function timed(kubeconfig, more) {
  const started = performance.now();
  const before = execs;
  const args = [
    'check',
    '--context',
    'c',
    '--kubeconfig',
    kubeconfig,
    '--all-nodes',
    '--format',
    'json',
    ...more,
  ];
  const report = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require('node:fs').writeSync(2, \`\\nUSAGE \${(userCPUTime + systemCPUTime) / 1e6} \${maxRSS}\\n\`); });`;
  const preload = join(folder, 'usage.cjs');
  writeFileSync(preload, report);
  const child = spawn(process.execPath, ['--require', preload, join(root, 'dist/cli.js'), ...args]);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  const [, cpu = '0', memory = '0'] = /USAGE (\S+) (\S+)/.exec(texts.stderr) ?? [];
  return {
    stdout: texts.stdout,
    stderr: texts.stderr.replace(/\nUSAGE .*\n/, ''),
    code,
    asked: execs - before,
    seconds: (performance.now() - started) / 1000,
    cpu: Number(cpu),
    memory: Math.round(Number(memory) / 1024),
  };
}
