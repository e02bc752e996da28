import { problemCodes, problemTable } from '../../src/language/rules/problemTable.ts';

/** The documentation of every problem, as a page. */
export function problemsPage(): string {
  const sections = problemCodes.map((code) => {
    const { title, severity, doc } = problemTable[code];
    return `## ${code}\n\n${title} · ${severity}\n\n${doc}\n`;
  });
  return `# Problems

What the checks find in rules, in the editor and with \`kube-proxy-explorer check\`. An **error** is what \`iptables-restore\` or the
kernel refuses, judged for the backend that wrote the dump; where a dump does not name its backend, what both refuse. A
**warning** is accepted and most likely not meant. The severity below is the usual one.

This page is made from \`src/language/rules/problemTable.ts\`.

${sections.join('\n')}`;
}
