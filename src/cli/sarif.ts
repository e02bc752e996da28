/** The Static Analysis Results Interchange Format, 2.1.0 (OASIS), as far as `check` fills it. */
import { version } from '../../package.json';
import { wordsOfFinding } from '../kubeproxy/findings/finding.ts';
import type { Severity } from '../kubeproxy/findings/kind.ts';
import { docOf, type FindingCode, findingCodes, findingTable, pageOf } from '../kubeproxy/findings/table.ts';
import type { CheckedFile, PlacedFinding } from './checkedFiles.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** A file of the run, by its place among them. */
interface ArtifactIn {
  readonly path: string;
  readonly index: number;
}

/** The log of one run over `files`; every code of the table is listed as a rule, found or not. */
export function sarifLog(files: readonly CheckedFile[]): object {
  const codes = [...rules.keys()].toSorted();
  const artifacts = files.flatMap(({ path }) => path ?? []).map((path, index) => ({ path, index }));
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
        artifacts: artifacts.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: files.flatMap(({ path, problems }) => {
          const file = artifacts.find((each) => each.path === path) ?? null;
          return problems.map((each) => resultOf(each, file, codes));
        }),
      },
    ],
  };
}

/** Every code of the table by its name. */
const rules: ReadonlyMap<string, object> = new Map(findingCodes.map((code) => [code, ruleOf(code)]));

function ruleOf(code: FindingCode): object {
  const { title, severity } = findingTable[code];
  const doc = docOf(code);
  return {
    id: code,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: doc.replaceAll('`', '') },
    helpUri: pageOf(code),
    help: { text: doc.replaceAll('`', ''), markdown: doc },
    defaultConfiguration: { level: levels[severity] },
  };
}

function resultOf(
  { finding, place }: PlacedFinding,
  file: ArtifactIn | null,
  codes: readonly string[],
): object {
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: levels[finding.severity],
    message: { text: wordsOfFinding(finding) },
    locations: file === null || place === null ? [] : [locationOf(place, file)],
  };
}

function locationOf(
  { line, column, endLine, endColumn, span }: NonNullable<PlacedFinding['place']>,
  { path, index }: ArtifactIn,
): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path), index },
      region: {
        startLine: line,
        startColumn: column,
        endLine,
        endColumn,
        charOffset: span.start,
        charLength: span.end - span.start,
      },
    },
  };
}

/** A path as a relative or absolute URI reference; a colon in its first part would read as a scheme. */
function uriOf(path: string): string {
  const encoded = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (/^[a-z]%3A\//i.test(encoded)) return `file:///${encoded.replace('%3A', ':')}`;
  return encoded;
}
