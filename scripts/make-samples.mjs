// Makes media/samples from a folder of dumps and a folder of recorded node snapshots:
//   node scripts/make-samples.mjs DUMPS SNAPSHOTS      (../shared/dumps ../shared/conformance/kernel)
// The rules and the node's files are copied byte for byte. objects.json loses what nothing here reads (managedFields,
// containers, conditions other than Ready …); the objects that are left are real ones. The listing is what iptables prints
// of some of the rules, which are loaded in a network namespace for that: root on Linux.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [dumps, snapshots] = process.argv.slice(2);
if (dumps === undefined || snapshots === undefined) {
  console.error('usage: node scripts/make-samples.mjs DUMPS SNAPSHOTS');
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

const samples = [
  { name: 'kube-proxy-1.36', snapshot: 'k8s-1.36.3-iptables-cluster-cidr', objects: '1.36.3' },
  { name: 'kube-proxy-1.23', snapshot: 'k8s-1.23.4-iptables-with-kubelet', objects: '1.23.4' },
  { name: 'nodeport-lab', snapshot: 'hand-nodeport-lab-output-localnet-off', objects: null, ruleFiles: [] },
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

function reduceObjects(text) {
  const items = JSON.parse(text)
    .items.filter((item) => item.kind in reducers)
    .map((item) => ({
      ...pick(item, 'apiVersion', 'kind'),
      metadata: metadata(item),
      ...reducers[item.kind](item),
    }));
  const lines = items.map((item) => JSON.stringify(item)).join(',\n');
  return `{"apiVersion":"v1","kind":"List","items":[\n${lines}\n]}\n`;
}

for (const sample of samples) {
  const target = join('media', 'samples', sample.name);
  mkdirSync(target, { recursive: true });
  for (const file of [...nodeFiles, ...(sample.ruleFiles ?? ruleFiles)]) {
    const source = join(snapshots, sample.snapshot, file);
    if (existsSync(source)) copyFileSync(source, join(target, file));
  }
  if (sample.objects === null) continue;
  writeFileSync(
    join(target, 'objects.json'),
    reduceObjects(readFileSync(join(dumps, sample.objects, 'objects.json'), 'utf8')),
  );
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
  return execFileSync('unshare', ['-n', 'sh', '-c', 'iptables-restore -c && iptables -t nat -nvL'], {
    input: `${kept.join('\n')}\n`,
    encoding: 'utf8',
  });
}

const shown = readFileSync(join(dumps, '1.36.3', 'iptables-save.txt'), 'utf8');
mkdirSync(join('media', 'samples', 'listing'), { recursive: true });
writeFileSync(join('media', 'samples', 'listing', 'iptables-L.txt'), listing(shown, 'shop/three:http'));
