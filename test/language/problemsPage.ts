import { auditKinds } from '../../src/cli/auditProblems.ts';
import { problemCodes, problemTable } from '../../src/language/rules/problemTable.ts';

interface Described {
  readonly code: string;
  readonly severity: string;
  readonly title: string;
  readonly doc: string;
}

const section = ({ code, severity, title, doc }: Described): string =>
  `## ${code}\n\n${title} · ${severity}\n\n${doc}\n`;

/** The documentation of every problem, as a page. */
export function problemsPage(): string {
  const ofRules = problemCodes.map((code) => section({ code, ...problemTable[code] }));
  const ofObjects = Object.values(auditKinds).map((kind) => section({ severity: 'warning', ...kind }));
  return `# Problems

What the checks find in rules, in the editor and with \`kube-proxy-explorer check\`. An **error** is what \`iptables-restore\` or the
kernel refuses, judged for the backend that wrote the dump; where a dump does not name its backend, what both refuse. A
**warning** is accepted and most likely not meant. The severity below is the usual one.

Those from [endpoint-missing](#endpoint-missing) on are where the rules and the cluster's objects disagree: the check of the
terminal names them when it has the objects (\`--objects\`, a snapshot, \`--context\`), the Rules view shows them as badges.

This page is made from \`src/language/rules/problemTable.ts\` and \`src/cli/auditProblems.ts\`.

${[...ofRules, ...ofObjects].join('\n')}`;
}
