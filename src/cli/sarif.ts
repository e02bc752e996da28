/** The Static Analysis Results Interchange Format, 2.1.0 (OASIS), as far as `check` fills it. */
import { version } from '../../package.json';
import { problemTable } from '../language/rules/problemTable.ts';
import type { Severity } from '../language/rules/problem.ts';
import { auditKinds } from './auditProblems.ts';
import type { CheckedFile, CheckProblem, PlacedProblem } from './checkCommand.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** The log of one run over `files`; every problem of the table is listed as a rule, found or not. */
export function sarifLog(files: readonly CheckedFile[]): object {
  const codes = [...rules.keys()].toSorted();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kube-proxy-explorer',
            version,
            semanticVersion: version,
            rules: codes.flatMap((code) => rules.get(code) ?? []),
          },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: files.flatMap(({ problems }, artifact) =>
          problems.map((each) => resultOf(each, artifact, codes)),
        ),
      },
    ],
  };
}

/** By their codes: what a text can have, and where it can disagree with the objects. */
const rules: ReadonlyMap<string, object> = new Map([
  ...Object.entries(problemTable).map(([code, { title, severity, doc }]) =>
    ruleOf(code, title, doc, severity),
  ),
  ...Object.values(auditKinds).map(({ code, title, doc }) => ruleOf(code, title, doc, 'warning')),
]);

function ruleOf(code: string, title: string, doc: string, severity: Severity): readonly [string, object] {
  return [
    code,
    {
      id: code,
      shortDescription: { text: `${title}.` },
      fullDescription: { text: doc.replaceAll('`', '') },
      help: { text: doc.replaceAll('`', ''), markdown: doc },
      defaultConfiguration: { level: levels[severity] },
    },
  ];
}

function resultOf(placed: PlacedProblem, artifact: number, codes: readonly string[]): object {
  const { problem, file, line, column, endLine, endColumn } = placed;
  return {
    ruleId: problem.code,
    ruleIndex: codes.indexOf(problem.code),
    level: levels[problem.severity],
    message: { text: problem.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file), index: artifact },
          region: {
            startLine: line,
            startColumn: column,
            endLine,
            endColumn,
            charOffset: problem.span.start,
            charLength: lengthOf(problem),
          },
        },
      },
    ],
  };
}

function lengthOf({ span }: CheckProblem): number {
  return span.end - span.start;
}

/** A path as a relative or absolute URI reference; a colon in its first part would read as a scheme. */
function uriOf(path: string): string {
  const encoded = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (/^[a-z]%3A\//i.test(encoded)) return `file:///${encoded.replace('%3A', ':')}`;
  return encoded;
}
