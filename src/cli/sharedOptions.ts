/** Words and options that several commands have in their help. */
export const rulesHelp =
  'RULES is a file that iptables-save (or iptables -S) wrote, a snapshot folder, or - for standard input. Files of the ' +
  'same snapshot beside it (ip-addr.json, ip-route.json, sysctl.txt, objects.json …) are found and used, in a folder those of any name. In its place --context and --node take the rules of a live node.';

export const factsOption = {
  name: 'facts',
  value: 'FILE…',
  help:
    'facts of the node in files of any name, told apart by content: ip addr, ip route, ip rule, ifconfig, route -n, ipset, ' +
    'sysctl -a, bridge -d link, conntrack -L, kubectl get -o json or yaml; they count before what is had otherwise',
  many: true,
  takesMore: true,
} as const;

export const patchOption = {
  name: 'patch',
  value: 'FILE…',
  help: 'the output of "diff" of that file and a later one: the rules are those of the later one; several are applied one after the other',
  many: true,
  takesMore: true,
  ofFile: true,
} as const;

export const allNodes = {
  name: 'all-nodes',
  value: null,
  isLive: true,
} as const;

export const everyNodeOptions = [
  {
    ...allNodes,
    help: 'ask every node of the cluster, some at once: one table of what is wrong by finding and by node, and which nodes differ from the others; json is one line a node and a last one that sums up',
  },
  {
    name: 'resume',
    value: 'FILE',
    help: 'what an earlier run of --all-nodes --format json printed: nodes that answered then are not asked again',
  },
] as const;

export const textOrJson = {
  name: 'format',
  value: 'FORMAT',
  help: 'text (default) or json',
  choices: ['text', 'json'],
} as const;
