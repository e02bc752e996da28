import type { Layer } from '../../../src/kubeproxy/findings/kind.ts';
import { codesOf, type FindingCode, findingTable } from '../../../src/kubeproxy/findings/table.ts';

function section(code: FindingCode): string {
  const { title, severity, meaning, cure } = findingTable[code];
  return `### ${code}\n\n${title} · ${severity}\n\n${meaning}\n\n${cure}\n`;
}

const layers: readonly (readonly [Layer, string, string])[] = [
  [
    'syntax',
    'In the text of the rules',
    `An **error** is what \`iptables-restore\` or the kernel refuses, judged for the backend that wrote the dump; where a dump does
not name its backend, what both refuse. A **warning** is accepted and most likely not meant.`,
  ],
  ['rules', 'In what the rules do', 'Found in the rules alone.'],
  [
    'cluster',
    'Between the rules and the cluster’s objects',
    `Found where the objects are known: those of a live cluster, \`objects.json\` of a snapshot, or the file of \`--objects\`. While the
watch of a cluster is stale nothing is compared.`,
  ],
  [
    'packet',
    'What becomes of packets',
    `Found by \`check\`, and by \`diagnose\` of one Service: every frontend is asked from wherever clients stand, and what ends the
packets or their answers for one reason is one problem. What a Service itself forbids (no endpoints, a policy of Local, source ranges) is
none, nor is what depends on something that is not known. What a trace takes for granted is said.`,
  ],
];

/** The documentation of every code, as a page. */
export function problemsPage(): string {
  const parts = layers.map(
    ([layer, title, about]) => `## ${title}\n\n${about}\n\n${codesOf(layer).map(section).join('\n')}`,
  );
  return `# Problems

What is found in the rules of a node: in the editor’s Problems view, as badges of the Rules view, and with
\`kube-proxy-explorer check\`. The severity below is the usual one.

This page is made from \`src/kubeproxy/findings/table.ts\`.

${parts.join('\n')}`;
}
