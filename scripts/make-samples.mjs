// Makes media/samples from a folder of dumps and a folder of recorded node snapshots:
//   node scripts/make-samples.mjs DUMPS RECORDINGS      (../shared/dumps ../shared/conformance)
// The rules and the node's files are copied byte for byte, or cut down to some Services (`cutSnapshot.mjs`). objects.json loses
// what nothing here reads (managedFields, containers, conditions other than Ready …); the objects that are left are real ones.
// What remains of an nft ruleset is loaded in a network namespace and listed again, and so are the rules of the listing:
// root on Linux.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutAddresses, cutIpset, cutIptables, cutIpvs, cutNft, cutOf } from './cutSnapshot.mjs';

const [dumps, recordings] = process.argv.slice(2);
if (dumps === undefined || recordings === undefined) {
  console.error('usage: node scripts/make-samples.mjs DUMPS RECORDINGS');
  process.exit(2);
}

const nodeFiles = [
  'ip-addr.json',
  'ip-route.json',
  'ip6-route.json',
  'ip-rule.json',
  'bridge-link.txt',
  'sysctl.txt',
];
const ruleFiles = ['iptables-save.txt', 'ip6tables-save.txt', 'ipset-save.txt'];

const iptablesNode = 'kernel/k8s-1.36.3-iptables-cluster-cidr';
/** Of a cut, IPv4 only: no Service of the other family is in it. */
const fourOnly = ['iptables-save.txt'];
const compared = ['shop/three', 'shop/five', 'shop/two', 'kube-system/kube-dns'];
const everyKind = [
  'shop/three',
  'shop/no-endpoints',
  'edge/np-cluster',
  'edge/np-local',
  'kube-system/kube-dns',
];

/** Each from `snapshot`; `rules` and `objects` are of a dump, where they are of another moment; `cut` are the Services that stay. */
const samples = [
  { name: 'kube-proxy-1.36', snapshot: iptablesNode, objects: '1.36.3' },
  { name: 'kube-proxy-1.23', snapshot: 'kernel/k8s-1.23.4-iptables-with-kubelet', objects: '1.23.4' },
  {
    name: 'nodeport-lab',
    snapshot: 'kernel/hand-nodeport-lab-output-localnet-off',
    objects: null,
    ruleFiles: [],
  },
  {
    name: 'refused',
    snapshot: iptablesNode,
    objects: '1.36.3',
    cut: ['shop/no-endpoints', 'shop/three', 'kube-system/kube-dns'],
    ruleFiles: fourOnly,
  },
  {
    name: 'from-outside',
    snapshot: iptablesNode,
    objects: '1.36.3',
    cut: ['edge/np-local-nolocal', 'edge/np-local', 'edge/np-cluster', 'kube-system/kube-dns'],
    ruleFiles: fourOnly,
  },
  {
    name: 'stale-rules',
    snapshot: iptablesNode,
    rules: '1.36.3-steps/02-clusterip-to-nodeport',
    objects: '1.36.3-steps/04-scale-down',
    cut: compared,
    ruleFiles: fourOnly,
  },
  {
    name: 'what-changed/before',
    snapshot: iptablesNode,
    rules: '1.36.3-steps/01-add-service',
    objects: '1.36.3-steps/01-add-service',
    cut: compared,
    ruleFiles: fourOnly,
  },
  {
    name: 'what-changed/after',
    snapshot: iptablesNode,
    rules: '1.36.3-steps/04-scale-down',
    objects: '1.36.3-steps/04-scale-down',
    cut: compared,
    ruleFiles: fourOnly,
  },
  {
    name: 'nftables-node',
    snapshot: 'nft/nft-k8s-1.36.3-nftables',
    objects: '1.36.3',
    cut: everyKind,
    ruleFiles: ['nft.txt'],
  },
  {
    name: 'ipvs-node',
    snapshot: 'ipvs/k8s-1.36.3-ipvs-rr',
    objects: '1.36.3',
    cut: everyKind,
    ruleFiles: ['iptables-save.txt', 'ipset-save.txt', 'ipvsadm-save.txt'],
  },
];

/** The members of `from` that `names` lists and that are there. */
function pick(from, ...names) {
  return Object.fromEntries(
    names.filter((name) => from?.[name] !== undefined).map((name) => [name, from[name]]),
  );
}

const metadata = (object) =>
  pick(object.metadata, 'name', 'namespace', 'labels', 'annotations', 'deletionTimestamp');

const reducers = {
  Service: ({ spec, status }) => ({ spec, status }),
  EndpointSlice: (slice) => pick(slice, 'addressType', 'endpoints', 'ports'),
  Node: ({ spec, status }) => ({
    spec: pick(spec, 'podCIDR', 'podCIDRs'),
    status: { ...pick(status, 'addresses'), conditions: ready(status) },
  }),
  Pod: ({ spec, status }) => ({
    spec: pick(spec, 'nodeName', 'hostNetwork'),
    status: { ...pick(status, 'phase', 'podIP', 'podIPs', 'hostIP'), conditions: ready(status) },
  }),
};

function ready(status) {
  return (status?.conditions ?? [])
    .filter((condition) => condition.type === 'Ready')
    .map((condition) => pick(condition, 'type', 'status'));
}

function reduceObjects(all) {
  const items = all
    .filter((item) => item.kind in reducers)
    .map((item) => ({
      ...pick(item, 'apiVersion', 'kind'),
      metadata: metadata(item),
      ...reducers[item.kind](item),
    }));
  const lines = items.map((item) => JSON.stringify(item)).join(',\n');
  return `{"apiVersion":"v1","kind":"List","items":[\n${lines}\n]}\n`;
}

/** In a network namespace of its own: what `command` prints of what it is given. */
function inNamespace(command, input) {
  return execFileSync('unshare', ['-n', 'sh', '-c', command], { input, encoding: 'utf8' });
}

const cutters = {
  'iptables-save.txt': cutIptables,
  'ip6tables-save.txt': cutIptables,
  'ipset-save.txt': cutIpset,
  'ipvsadm-save.txt': cutIpvs,
  'nft.txt': (text, cut) => inNamespace('nft -f - && nft list ruleset', cutNft(text, cut)),
  'ip-addr.json': cutAddresses,
  'ip-route.json': cutAddresses,
  'ip6-route.json': cutAddresses,
};

function makeSample({ name, snapshot, rules, objects, cut, ruleFiles: files = ruleFiles }) {
  const target = join('media', 'samples', name);
  mkdirSync(target, { recursive: true });
  const all =
    objects === null ? [] : JSON.parse(readFileSync(join(dumps, objects, 'objects.json'), 'utf8')).items;
  const cutting = cut === undefined ? null : cutOf(all, cut);
  const copy = (folder, file) => {
    const source = join(folder, file);
    if (!existsSync(source)) return;
    const text = readFileSync(source, 'utf8');
    writeFileSync(join(target, file), cutting === null ? text : (cutters[file]?.(text, cutting) ?? text));
  };
  const node = join(recordings, snapshot);
  for (const file of nodeFiles) copy(node, file);
  for (const file of files) copy(rules === undefined ? node : join(dumps, rules), file);
  if (objects !== null) writeFileSync(join(target, 'objects.json'), reduceObjects(cutting?.items ?? all));
}

for (const sample of samples) makeSample(sample);

/** With a rule that somebody added: the diffs of the lesson `drop-that-never-matches`, as `diff` prints one line more. */
const withARule = [
  { name: 'drop-in-input', diff: 'drop.diff' },
  { name: 'drop-early', diff: 'drop-early.diff' },
];

for (const { name, diff } of withARule) {
  const target = join('media', 'samples', name);
  const original = join('media', 'samples', 'from-outside');
  const [, after, rule] = /^(\d+)a\d+\n> (.*)\n$/.exec(readFileSync(join('docs', 'lessons', diff), 'utf8'));
  mkdirSync(target, { recursive: true });
  for (const file of [...nodeFiles, 'objects.json']) {
    if (existsSync(join(original, file))) copyFileSync(join(original, file), join(target, file));
  }
  const lines = readFileSync(join(original, 'iptables-save.txt'), 'utf8').split('\n');
  writeFileSync(join(target, 'iptables-save.txt'), lines.toSpliced(Number(after), 0, rule).join('\n'));
}

/** Table nat with those of kube-proxy's rules that are about `service`, as `iptables -t nat -nvL` prints it. */
function listing(text, service) {
  const nat = /^\*nat$[^]*?^COMMIT$/m.exec(text)?.[0] ?? '';
  const rules = nat
    .split('\n')
    .filter(
      (line) =>
        !/^-A KUBE-(S|EXT|FW)/.test(line) || / -j KUBE-NODEPORTS/.test(line) || line.includes(service),
    )
    .filter((line) => !line.startsWith('-A KUBE-NODEPORTS') || line.includes(service));
  const used = new Set(rules.flatMap((line) => (line.startsWith('-A') ? line.split(' ') : [])));
  const kept = rules.filter(
    (line) => !/^:KUBE-(S[EV]|EXT|FW)/.test(line) || used.has(/\S+/.exec(line.slice(1))?.[0]),
  );
  return inNamespace('iptables-restore -c && iptables -t nat -nvL', `${kept.join('\n')}\n`);
}

const shown = readFileSync(join(dumps, '1.36.3', 'iptables-save.txt'), 'utf8');
mkdirSync(join('media', 'samples', 'listing'), { recursive: true });
writeFileSync(join('media', 'samples', 'listing', 'iptables-L.txt'), listing(shown, 'shop/three:http'));
