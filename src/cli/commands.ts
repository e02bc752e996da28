/** What every command takes, for reading arguments and for `--help`. */
import { verdicts } from '../kernel/trace.ts';
import type { CommandSpec } from './commandLine.ts';
import {
  rulesHelp,
  factsOption,
  patchOption,
  allNodes,
  everyNodeOptions,
  textOrJson,
} from './sharedOptions.ts';

export const traceSpec: CommandSpec = {
  name: 'trace',
  summary: 'what happens to a packet: its way through the rules, every branch, the verdict',
  operands: ['RULES'],
  node: 'inPlaceOfRules',
  description: [
    'Sends one packet through the rules as the Linux kernel would, and tells where it ends: every load-balancing branch ' +
      'with its share, what was translated, which rule dropped it. What is not known is named, never guessed.',
    rulesHelp,
  ],
  options: [
    {
      name: 'from',
      value: 'SOURCE',
      help:
        'pod:IP, external:IP, node:IP or IP, each with an optional :PORT ([IPv6]:PORT); a pod or node by its name (client, ' +
        'default/client, pod/client, node-1); node, pod or external alone: this node, any pod, any client outside',
    },
    {
      name: 'to',
      value: 'DESTINATION',
      help:
        'IP:PORT, [IPv6]:PORT, IP alone for ICMP; a Service by its name (default/web:http, default/web, web, svc/web, ' +
        'web.default.svc:80, http://web.default/), which from outside is its load balancer or node port; a port of this ' +
        'node (:30080, node:30080, localhost:30080); a pod (pod:default/web-0, web-0:8080)',
    },
    {
      name: 'protocol',
      value: 'NAME',
      help: "tcp, udp, sctp, icmp or a number; default: the Service's, else tcp",
    },
    {
      name: 'state',
      value: 'STATE',
      help: "the connection's: new (default), established, related, invalid, untracked",
    },
    { name: 'mark', value: 'NUMBER', help: 'the mark that the packet enters with (0x4000); default 0' },
    { name: 'interface', value: 'NAME', help: 'where it enters the node; default: worked out' },
    { name: 'ttl', value: 'NUMBER', help: 'default 64' },
    { name: 'tcp-flags', value: 'LIST', help: 'SYN,ACK …; default SYN' },
    { name: 'icmp-type', value: 'TYPE', help: 'a number, or type/code; default echo request' },
    { name: 'uid', value: 'NUMBER', help: 'user of the process on the node that sends it' },
    { name: 'gid', value: 'NUMBER', help: 'its group' },
    {
      name: 'one-node',
      value: null,
      help: "do not follow the packet to an endpoint's node (the outcomes of JSON are of one node always)",
    },
    {
      name: 'assume',
      value: 'CODE=WORD',
      help:
        'decides an open question: ipset-unknown=yes, local:192.0.2.10=no, served-before=web-0; may be given several times. CODE ' +
        'is of all questions of that code, or the key of one, as --format json prints them',
      many: true,
    },
    {
      name: 'expect',
      value: 'VERDICT',
      help: 'exit with 1 unless every outcome ends so: forward, local, drop, reject or unknown (with --flows: of every line)',
      choices: verdicts,
    },
    { name: 'considered', value: null, help: 'also list the rules that did not match, each with the reason' },
    factsOption,
    patchOption,
    {
      ...textOrJson,
      help: 'text (default), json, or a picture of the way: mermaid, svg',
      choices: ['text', 'json', 'mermaid', 'svg'],
    },
    {
      name: 'kernel-trace',
      value: 'FILE',
      help:
        'instead of --from and --to: a log of the TRACE target (dmesg, journalctl), or what xtables-monitor --trace or nft monitor ' +
        'trace printed; each packet of it is laid over the rules, and compared with our own trace of it',
    },
    {
      name: 'capture',
      value: 'FILE',
      help:
        'instead of --from and --to: lines of tcpdump -nni any, or of -j LOG (dmesg, journalctl), or a pcap or pcapng file; each connection that begins in it is ' +
        'traced, and its packets are laid beside: before translation, behind it, answered or not',
    },
    {
      name: 'flows',
      value: 'FILE',
      help: 'instead of --from and --to: a flow in JSON on each line (- for standard input), a result in JSON for each, without replies; a line may say how it has to end ("expect":"drop"), which makes tests of a file',
    },
  ],
  examples: [
    {
      command: 'trace node-1/ --from pod:10.244.1.7 --to default/web:http',
      says: 'from a pod to a Service by name',
    },
    {
      command: 'trace node-1/ --from pod:10.244.1.7 --to 10.96.0.10:53 --protocol udp',
      says: 'a DNS query to the cluster DNS',
    },
    {
      command: 'trace rules.v4 --from external:203.0.113.9 --to 192.168.0.2:30080 --considered',
      says: 'a client outside to a node port, and why each other rule did not match',
    },
    {
      command: 'sudo iptables-save | kube-proxy-explorer trace - --from node --to 10.96.0.1:443',
      says: 'a process of this machine, with its rules as they are now',
    },
    {
      command: 'trace node-1/ --from external --to :30080 --assume ipset-unknown=no --expect forward',
      says: 'a node port from outside, as a check of a script',
    },
    { command: 'trace node-1/ --flows flows.jsonl > results.jsonl', says: 'many packets at once' },
    {
      command: 'trace node-1/ --kernel-trace dmesg.txt',
      says: 'the way that packets really took, beside the one that the rules say',
    },
    {
      command: 'trace node-1/ --capture any.pcap',
      says: 'which connections of a capture were answered, and where the others ended',
    },
    {
      command: 'trace node-1/ --from external --to default/web:http --format svg > way.svg',
      says: 'a picture of the way; mermaid is for tickets',
    },
    {
      command: 'trace rules.txt --from external --to 192.0.2.10:30080 --facts ip-a.txt ip-r.txt',
      says: 'with what ip addr and ip route printed, under any name',
    },
    {
      command: 'trace --context dev --node node-1 --from pod:10.244.1.7 --to default/web:http',
      says: 'with the rules of a live node',
    },
  ],
  exitCodes: [
    '0  the packet (or every line of --flows) was traced, and ends as --expect says',
    '1  it ends otherwise; a line of --flows could not be traced ("error" says why)',
    '   or a packet of --kernel-trace went another way than our own trace says',
    '   or a connection of --capture was not answered',
    '2  RULES could not be read, the node not asked, or a word is wrong',
  ],
};

export const checkSpec: CommandSpec = {
  name: 'check',
  summary: 'what is wrong in the rules, line by line',
  operands: ['RULES'],
  node: 'inPlaceOfRules',
  description: [
    'Reads the rules as iptables-restore does and lists what is wrong, why, and what to do. Where the objects of the cluster ' +
      'are known, also where the rules disagree with them: an endpoint that is missing or gone, a Service without rules.',
    rulesHelp,
  ],
  options: [
    {
      name: 'objects',
      value: 'FILE',
      help: "the cluster's objects (kubectl get services,endpointslices,nodes,pods -A -o json), in place of objects.json beside the rules",
    },
    factsOption,
    patchOption,
    { ...textOrJson, help: 'text (default), json or sarif (2.1.0)', choices: ['text', 'json', 'sarif'] },
    ...everyNodeOptions,
  ],
  examples: [
    { command: 'check node-1/iptables-save.txt', says: 'one file' },
    { command: 'check node-1/', says: "both families of a node's snapshot" },
    { command: 'check rules.v4 --format sarif > rules.sarif', says: 'for a code-scanning service' },
    { command: 'check --context dev --node node-1', says: 'the rules that a live node has now' },
    { command: 'check --context dev --all-nodes', says: 'every node, and where they differ' },
    {
      command: 'check --context dev --all-nodes --format json > run.jsonl',
      says: 'one line of JSON a node, as it answers',
    },
  ],
  exitCodes: [
    '0  no errors (there may be warnings)',
    '1  errors were found',
    '2  RULES could not be read, or a node not be asked',
  ],
};

export const treeSpec: CommandSpec = {
  name: 'tree',
  summary: 'the chains hook by hook, or the same rules by Service',
  operands: ['RULES'],
  node: 'inPlaceOfRules',
  description: [
    'Shows how the rules hang together: by hook, each table with the chains it jumps to; by Service, each port with its ' +
      'frontends and endpoints and the share of each.',
    rulesHelp,
  ],
  options: [
    { name: 'by', value: 'ORDER', help: 'hook (default) or service', choices: ['hook', 'service'] },
    { name: 'depth', value: 'NUMBER', help: 'how many levels to open; default: all of them' },
    factsOption,
    patchOption,
    textOrJson,
  ],
  examples: [
    { command: 'tree node-1/ --by service', says: 'every Service with its endpoints' },
    { command: 'tree rules.v4 --depth 2', says: 'hooks and tables only' },
    {
      command: 'tree before.txt --by service --patch service-added.diff',
      says: 'the state after, by a listing of the state before and their diff',
    },
    { command: 'tree --context dev --node node-1 --by service', says: "a live node's Services" },
  ],
  exitCodes: ['0  shown', '2  RULES could not be read, or the node not be asked'],
};

export const explainSpec: CommandSpec = {
  name: 'explain',
  summary: 'what a chain is for, what jumps to it, and where it leads',
  operands: ['RULES', 'CHAIN'],
  node: 'inPlaceOfRules',
  description: [
    'Explains one chain: whose it is, what it does, who jumps to it; for a Service its frontends and endpoints. CHAIN may ' +
      'also be a Service (default/web, default/web:http, web, svc/web), a node port (:30080), or an address of a Service or ' +
      'an endpoint. A mark (0x4000), or the word marks, tells who sets, clears and reads which bits of it. A rule ' +
      '(filter/INPUT/3, as traces name it: the index counts from 0) is told in words, with a packet that it matches.',
    rulesHelp,
  ],
  options: [factsOption, patchOption, textOrJson],
  examples: [
    { command: 'explain node-1/ KUBE-SVC-LOLE4ISW44XBNF3G', says: 'the chain of a Service' },
    { command: 'explain node-1/ default/web:http', says: 'the same by name' },
    { command: 'explain node-1/ :30080', says: 'the same by its node port' },
    { command: 'explain rules.v4 DOCKER-USER', says: 'any other chain' },
    { command: 'explain rules.v4 0x4000', says: 'who uses this mark' },
    { command: 'explain rules.v4 filter/INPUT/0', says: 'a rule, and a packet that it matches' },
    { command: 'explain --context dev --node node-1 KUBE-SERVICES', says: 'of a live node' },
  ],
  exitCodes: [
    '0  explained',
    '1  there is no such chain',
    '2  RULES could not be read, or the node not be asked',
  ],
};

export const diagnoseSpec: CommandSpec = {
  name: 'diagnose',
  summary: 'why a Service does not answer: step by step, from its object to DNS',
  operands: ['RULES'],
  node: 'inPlaceOfRules',
  description: [
    'Looks at what an experienced operator would look at, in that order: the Service, its endpoints, kube-proxy, the rules, ' +
      'the ways of packets from pods, this node, other nodes and outside to each of its addresses, and the way back. The cause comes ' +
      'first. What cannot be looked at from here is said, with the command that would tell.',
    rulesHelp,
  ],
  options: [
    {
      name: 'service',
      value: 'NAME',
      help: 'default/web, default/web:http, web, svc/web, web.default.svc, an address (10.96.0.10:53) or a node port (:30080)',
    },
    {
      name: 'from',
      value: 'SOURCE',
      help: 'one source, as trace takes it, in place of a pod, an endpoint itself, this node, another node and outside',
    },
    factsOption,
    patchOption,
    { ...textOrJson, help: 'text (default), json or markdown', choices: ['text', 'json', 'markdown'] },
    {
      ...allNodes,
      help: 'on every node of the cluster: which have it right, which not, and why; json is one line a node',
    },
  ],
  examples: [
    { command: 'diagnose node-1/ --service default/web', says: 'from a snapshot' },
    { command: 'diagnose --context dev --node node-1 --service default/web', says: 'on a live node' },
    { command: 'diagnose --context dev --all-nodes --service default/web', says: 'on every node' },
    {
      command: 'diagnose node-1/ --service web:http --from external:203.0.113.9 --format markdown',
      says: 'one client, for a ticket',
    },
  ],
  exitCodes: [
    '0  it works, as far as the node decides',
    '1  it does not',
    '2  that is not known; or there is no such Service, RULES could not be read, or',
    '   the node not be asked',
  ],
};

export const diffSpec: CommandSpec = {
  name: 'diff',
  summary: 'what changed between two dumps, nodes or moments, in words, Services first',
  operands: ['BEFORE', 'AFTER'],
  node: 'inPlaceOfRules',
  inPlaceOfLast: 'patch',
  inPlaceOfAll: 'watch',
  description: [
    'Compares what the rules of two states mean: which Services, ports, frontends and endpoints came and went, which policies, ' +
      'affinity, source ranges and masquerades changed, which other rules did, and which packets end otherwise than before. The order of kube-proxy’s rules and the ' +
      'hashes in its chains do not count.',
    `BEFORE and AFTER are as RULES elsewhere. ${rulesHelp}`,
  ],
  options: [
    factsOption,
    {
      ...patchOption,
      help: 'in place of AFTER: the output of "diff" of BEFORE and a later state; several are applied one after the other',
    },
    {
      name: 'watch',
      value: 'SECONDS',
      help: 'of a live node, in place of BEFORE: reads its rules again and again, so many seconds apart, and tells what changes as it does',
    },
    { ...textOrJson, help: 'text (default), json or markdown', choices: ['text', 'json', 'markdown'] },
  ],
  examples: [
    { command: 'diff monday/ tuesday/', says: 'two snapshots of a node' },
    { command: 'diff node-1/ node-2/ --format markdown', says: 'two nodes, for a ticket' },
    {
      command: 'diff before.txt --patch service-added.diff',
      says: 'a listing, and what "diff" says came after it',
    },
    { command: 'diff saved/ --context dev --node node-1', says: 'a node as it was saved, and as it is' },
    { command: 'diff --context dev --node node-1 --watch 5', says: 'what changes on a node, as it happens' },
  ],
  exitCodes: [
    '0  the rules mean the same',
    '1  they differ',
    '2  one of the two could not be read, or the node not be asked',
  ],
};

export const convertSpec: CommandSpec = {
  name: 'convert',
  summary: 'a listing of iptables -L, a paste or a script as the rules that iptables-save would print',
  operands: ['RULES'],
  node: 'inPlaceOfRules',
  description: [
    'Prints the rules as they are read, table by table, so that iptables-restore takes them. What a listing does not show, and ' +
      'what was assumed in its place, stands above them in comments; chains that are not in a part are declared without rules.',
    rulesHelp,
  ],
  options: [patchOption],
  examples: [
    { command: 'convert listing.txt > rules.v4', says: 'what iptables -L printed' },
    { command: 'convert before.txt --patch after.diff', says: 'the later state of a listing' },
    { command: 'convert firewall.sh', says: 'the rules that a script adds' },
  ],
  exitCodes: ['0  printed', '2  RULES could not be read, or the node not be asked'],
};

export const snapshotSpec: CommandSpec = {
  name: 'snapshot',
  summary: "a live node's rules, addresses, routes and the cluster's objects as a folder of plain files",
  operands: ['DIR'],
  node: 'always',
  description: [
    'Asks a node of a live cluster and writes what it says into the folder DIR, so that every other command, and somebody ' +
      'without access to the cluster, gives the same answers from it: trace DIR, tree DIR … What could not be had is listed ' +
      'with the reason, in snapshot.json too.',
    'The folder holds addresses, names and labels of the cluster: look before it is given away.',
  ],
  options: [
    {
      name: 'force',
      value: null,
      help: 'write into DIR although it holds a snapshot: its files are replaced',
    },
    { ...factsOption, help: `${factsOption.help}; they are saved with it` },
    textOrJson,
  ],
  examples: [
    { command: 'snapshot --context dev --node node-1 node-1/', says: 'into the folder node-1' },
    { command: 'snapshot --node node-1 node-1/ --force', says: 'the same again, of the current context' },
    {
      command: 'snapshot --node node-1 node-1/ -- ssh {node} sudo {program}',
      says: 'by way of a command of your own',
    },
  ],
  exitCodes: ['0  written', '2  the node could not be asked, or DIR not be written'],
};
