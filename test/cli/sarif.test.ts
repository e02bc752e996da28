/** The log that `check --format sarif` prints, held against SARIF 2.1.0 (OASIS), as far as it uses the format. */
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../src/text/json.ts';
import { bundledCli, type Cli } from './support/cli.ts';

/** A property's value: a definition of the schema, a list of one, or a test of its own. */
type Shape = string | readonly [string] | ((value: unknown) => boolean);

interface Definition {
  readonly required: readonly string[];
  /** Nothing else may be there (`additionalProperties: false`). */
  readonly properties: Readonly<Record<string, Shape>>;
}

const text = (value: unknown): boolean => typeof value === 'string';
const oneOf =
  (...values: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === 'string' && values.includes(value);
const atLeast =
  (least: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= least;
/** `uri-reference` of RFC 3986: no blanks, no raw characters beyond ASCII, percent signs only before two digits. */
const uriReference = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-fA-F]{2})*$/.test(value) &&
  URL.canParse(value, 'file:///');
const level = oneOf('none', 'note', 'warning', 'error');

/** From the definitions of sarif-schema-2.1.0.json: what is required, and the properties that this product fills. */
const schema: Readonly<Record<string, Definition>> = {
  log: {
    required: ['version', 'runs'],
    properties: { $schema: uriReference, version: oneOf('2.1.0'), runs: ['run'] },
  },
  run: {
    required: ['tool'],
    properties: {
      tool: 'tool',
      columnKind: oneOf('utf16CodeUnits', 'unicodeCodePoints'),
      artifacts: ['artifact'],
      results: ['result'],
    },
  },
  tool: { required: ['driver'], properties: { driver: 'toolComponent' } },
  toolComponent: {
    required: ['name'],
    properties: {
      name: text,
      version: text,
      semanticVersion: (value) => typeof value === 'string' && /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(value),
      informationUri: uriReference,
      rules: ['reportingDescriptor'],
    },
  },
  reportingDescriptor: {
    required: ['id'],
    properties: {
      id: text,
      shortDescription: 'multiformatMessageString',
      fullDescription: 'multiformatMessageString',
      helpUri: (value) => typeof value === 'string' && URL.canParse(value),
      help: 'multiformatMessageString',
      defaultConfiguration: 'reportingConfiguration',
    },
  },
  reportingConfiguration: { required: [], properties: { level } },
  multiformatMessageString: { required: ['text'], properties: { text, markdown: text } },
  artifact: { required: [], properties: { location: 'artifactLocation' } },
  artifactLocation: { required: [], properties: { uri: uriReference, index: atLeast(-1) } },
  result: {
    required: ['message'],
    properties: { ruleId: text, ruleIndex: atLeast(-1), level, message: 'message', locations: ['location'] },
  },
  message: { required: ['text'], properties: { text } },
  location: { required: [], properties: { physicalLocation: 'physicalLocation' } },
  physicalLocation: {
    required: ['artifactLocation'],
    properties: { artifactLocation: 'artifactLocation', region: 'region' },
  },
  region: {
    required: ['startLine'],
    properties: {
      startLine: atLeast(1),
      startColumn: atLeast(1),
      endLine: atLeast(1),
      endColumn: atLeast(1),
      charOffset: atLeast(-1),
      charLength: atLeast(0),
    },
  },
};

function violations(value: unknown, name: string, path: string): readonly string[] {
  const definition = schema[name];
  if (definition === undefined || !isRecord(value)) return [`${path} is no ${name}`];
  const missing = definition.required
    .filter((key) => !(key in value))
    .map((key) => `${path}.${key} is missing`);
  return [
    ...missing,
    ...Object.entries(value).flatMap(([key, each]) =>
      wrongIn(definition.properties[key], each, `${path}.${key}`),
    ),
  ];
}

function wrongIn(shape: Shape | undefined, value: unknown, path: string): readonly string[] {
  if (shape === undefined) return [`${path} is not in the schema`];
  if (typeof shape === 'string') return violations(value, shape, path);
  if (typeof shape === 'function') return shape(value) ? [] : [`${path} is ${JSON.stringify(value)}`];
  if (!Array.isArray(value)) return [`${path} is no list`];
  return value.flatMap((each, index) => violations(each, shape[0], `${path}[${index}]`));
}

const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -j NOWHERE
-A INPUT -p tcp --dport 99999 -j DROP
-A INPUT -m comment --comment "ünïcode <b> %20" -j ALSO-NOWHERE
COMMIT
`;

/** A list at the end of a path of names. */
function listAt(value: unknown, ...keys: readonly (string | number)[]): readonly unknown[] {
  let at = value;
  for (const key of keys) {
    if (Array.isArray(at)) at = at[Number(key)];
    else at = isRecord(at) ? at[key] : undefined;
  }
  return Array.isArray(at) ? at : [];
}

describe('check --format sarif', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kpe sarif ü '));
  let cli: Cli;
  let log: unknown;

  beforeAll(async () => {
    cli = await bundledCli();
    const path = join(folder, 'a b#c.txt');
    writeFileSync(path, rules);
    log = JSON.parse((await cli(['check', path, '--format', 'sarif'])).out);
  });

  it('fits the schema', () => {
    expect(violations(log, 'log', 'log')).toEqual([]);
  });

  it('names rules that it lists, each once, and files that it lists', () => {
    const ids = listAt(log, 'runs', 0, 'tool', 'driver', 'rules').map((rule) => isRecord(rule) && rule['id']);
    expect(new Set(ids).size).toBe(ids.length);
    const results = listAt(log, 'runs', 0, 'results');
    expect(results.length).toBeGreaterThanOrEqual(3);
    for (const result of results) {
      if (!isRecord(result)) throw new Error('a result is no object');
      expect(ids[Number(result['ruleIndex'])]).toBe(result['ruleId']);
    }
    expect(listAt(log, 'runs', 0, 'artifacts')).toHaveLength(1);
  });

  it('is valid for rules in which nothing is wrong', async () => {
    const { out, code } = await cli(['check', '-', '--format', 'sarif'], {
      input: rules.replaceAll(/^-A .*\n/gm, ''),
    });
    expect(code).toBe(0);
    const empty: unknown = JSON.parse(out);
    expect(violations(empty, 'log', 'log')).toEqual([]);
    expect(listAt(empty, 'runs', 0, 'results')).toEqual([]);
  });

  it('is judged by a test that finds what is wrong', () => {
    expect(violations({ version: '2.0.0', runs: [{ results: [{ rule: 1 }] }] }, 'log', 'log')).toEqual([
      'log.version is "2.0.0"',
      'log.runs[0].tool is missing',
      'log.runs[0].results[0].message is missing',
      'log.runs[0].results[0].rule is not in the schema',
    ]);
  });
});
