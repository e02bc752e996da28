/**
 * Stands for a window that crashes: `node collectForever.ts KUBECONFIG CONTEXT NODE` asks by a debug Pod and prints a line
 * as soon as a program in it printed something.
 */
import { clusterAccess } from '../../../src/cluster/adapters/access.ts';
import { collectNode } from '../../../src/cluster/collect/collectNode.ts';

const [kubeconfig = '', context = '', node = ''] = process.argv.slice(2);
await collectNode({
  api: clusterAccess(context, { kubeconfig: [kubeconfig] }).api,
  context,
  node,
  pods: [],
  nodeObject: null,
  command: null,
  confirmDebugPod: () => Promise.resolve(true),
  signal: new AbortController().signal,
  onProgress: (words) => {
    if (words === 'reading iptables-save, 5 bytes') console.log('reading');
  },
});
