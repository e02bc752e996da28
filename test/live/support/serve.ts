/**
 * A cluster to develop against: `node test/live/support/serve.ts --instance 3 [--nodes iptables,nftables,none] [--bare]
 * [--fake-nodes 2000] [--services 10000]`.
 * Prints one JSON object when all is ready, and stays until Ctrl+C.
 */
import { parseArgs } from 'node:util';
import { startCluster } from './cluster.ts';
import type { NodeProxyMode } from './clusterNode.ts';
import { addFakeNodes, addServices } from './crowd.ts';
import { addSample, sampleNamespace } from './sample.ts';

const { values } = parseArgs({
  options: {
    instance: { type: 'string', default: '0' },
    nodes: { type: 'string', default: 'iptables,iptables' },
    bare: { type: 'boolean', default: false },
    'fake-nodes': { type: 'string', default: '0' },
    services: { type: 'string', default: '0' },
  },
});

const modes: readonly NodeProxyMode[] = ['iptables', 'nftables', 'none'];

function modeOf(word: string): NodeProxyMode {
  const mode = modes.find((each) => each === word);
  if (mode === undefined) throw new Error(`There is no mode ${word}: ${modes.join(', ')}.`);
  return mode;
}

const cluster = await startCluster({
  instance: Number(values.instance),
  nodes: values.nodes.split(',').map((word, index) => ({ name: `node-${index + 1}`, mode: modeOf(word) })),
});
if (!values.bare) await addSample(cluster);
if (values['fake-nodes'] !== '0') await addFakeNodes(cluster, Number(values['fake-nodes']));
if (values.services !== '0') await addServices(cluster, Number(values.services));
console.log(
  JSON.stringify(
    {
      kubeconfigs: cluster.kubeconfigs,
      contextPrefix: cluster.contextPrefix,
      server: cluster.controlPlane.server,
      audit: cluster.controlPlane.auditLog,
      namespace: values.bare ? null : sampleNamespace,
      nodes: cluster.nodes.map(({ name, mode, addresses, namespace, tools }) => ({
        name,
        mode,
        addresses,
        networkNamespace: namespace.name,
        tools: tools.folder,
      })),
      outside: cluster.outside.name,
      scratch: cluster.scratch,
    },
    null,
    2,
  ),
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    cluster.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
// The programs do not keep this process alive once they end.
setInterval(() => undefined, 1 << 30);
