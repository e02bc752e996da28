import type { OptionSpec } from './optionSpec.ts';

/** Any of these says that the rules are those of a live node. */
export const namesNode = ['context', 'node', 'kubeconfig'] as const;

/** What every command takes that can ask a live node. */
export const liveOptions: readonly OptionSpec[] = [
  {
    name: 'context',
    value: 'NAME',
    help: 'a context of the kubeconfig; default with --node: the current one. The cluster is read, never changed',
  },
  { name: 'node', value: 'NODE', help: 'the node whose rules are asked for' },
  {
    name: 'kubeconfig',
    value: 'FILE',
    help: 'as kubectl takes it, and may be given several times; default: $KUBECONFIG, ~/.kube/config, in a Pod its service account',
    many: true,
  },
  {
    name: 'debug-pod',
    value: null,
    help: 'where nothing that runs on the node can be asked: put a Pod there for the time of the reading, after a question',
  },
  { name: 'yes', value: null, help: 'do not ask that question' },
];

/** `-- COMMAND …`: the row of the help. */
export const ownCommand = {
  name: '-- COMMAND …',
  help: 'a command of your own that gets at the node, as the last words: -- ssh {node} sudo {program}, or -- docker exec {node} iptables-save -c. It is run as it is, without a shell; {node} becomes the name, {program} what is to be run there',
} as const;
