/** Reads the params of our own requests: a client may send anything, and gets a plain error for what is not right. */
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Decision } from '../kernel/trace.ts';
import type { RowFilter } from '../kubeproxy/tree/narrowedRows.ts';
import type {
  ChoicesParams,
  ClusterChoicesParams,
  ConsideredParams,
  CountersParams,
  DecidingNodeParams,
  FlowForm,
  FoundInTreeParams,
  HoldFileParams,
  ServicePlaceParams,
  ServicesParams,
  TextLocation,
  TraceOnNodesParams,
  TraceParams,
  TreeParams,
  TreePathParams,
  UriNotification,
} from '../protocol/requests.ts';
import { type FailureKind, failureKinds } from '../kubeproxy/narrative/failureKind.ts';
import type { AskToolParams } from '../protocol/tools.ts';
import type { CompareParams } from '../protocol/comparison.ts';
import type { FlowHelpParams, JudgeFlowsParams, WriteFlowParams } from '../protocol/flowTests.ts';
import type { DiagnoseParams } from '../protocol/diagnosis.ts';
import type { GlanceParams } from '../protocol/glance.ts';
import type { RecordingParams } from '../protocol/recording.ts';
import type { WhyNotParams, WitnessParams } from '../protocol/witness.ts';

type Fields = Readonly<Record<string, unknown>>;

const MOST_ROWS = 10_000;
/** More than anybody can compare. */
const MOST_NODES = 100;

export function readUri(value: unknown): UriNotification {
  return { uri: text(fields(value), 'uri') };
}

export function readGlanceParams(value: unknown): GlanceParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), atOnce: given['atOnce'] === true };
}

export function readPastedParams(value: unknown): { readonly text: string } {
  return { text: text(fields(value), 'text') };
}

export function readHoldFileParams(value: unknown): HoldFileParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), path: text(given, 'path') };
}

export function readTextLocation(value: unknown): TextLocation {
  const given = fields(value);
  return {
    uri: text(given, 'uri'),
    line: count(given, 'line'),
    startCharacter: count(given, 'startCharacter'),
    endCharacter: count(given, 'endCharacter'),
  };
}

export function readRecordingParams(value: unknown): RecordingParams {
  const given = fields(value);
  const bytes = text(given, 'bytes');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(bytes)) throw wrong('bytes', 'base64');
  return { uri: text(given, 'uri'), bytes };
}

export function readTreeParams(value: unknown): TreeParams {
  const given = fields(value);
  const { order, parent } = given;
  if (order !== 'hook' && order !== 'service') throw wrong('order', '"hook" or "service"');
  if (parent !== null && typeof parent !== 'string') throw wrong('parent', 'a row’s id or null');
  return {
    uri: text(given, 'uri'),
    order,
    parent,
    offset: count(given, 'offset'),
    limit: count(given, 'limit'),
    filter: given['filter'] === undefined || given['filter'] === null ? null : readRowFilter(given['filter']),
  };
}

function readRowFilter(value: unknown): RowFilter {
  const given = fields(value);
  const { onlyProblems } = given;
  if (typeof onlyProblems !== 'boolean') throw wrong('onlyProblems', 'true or false');
  return { words: texts(given, 'words').map((word) => word.toLowerCase()), onlyProblems };
}

export function readDocumentParams(value: unknown): { readonly uri: string } {
  return { uri: text(fields(value), 'uri') };
}

export function readFoundInTreeParams(value: unknown): FoundInTreeParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), found: count(given, 'found') };
}

export function readTreePathParams(value: unknown): TreePathParams {
  const given = fields(value);
  const { order } = given;
  if (order !== 'hook' && order !== 'service') throw wrong('order', '"hook" or "service"');
  return { uri: text(given, 'uri'), order, table: text(given, 'table'), chain: text(given, 'chain') };
}

export function readServicePlaceParams(value: unknown): ServicePlaceParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), namespace: text(given, 'namespace'), name: text(given, 'name') };
}

export function readDiagnoseParams(value: unknown): DiagnoseParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), service: text(given, 'service') };
}

export function readAskToolParams(value: unknown): AskToolParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), tool: text(given, 'tool'), input: given['input'] };
}

export function readWitnessParams(value: unknown): WitnessParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), line: count(given, 'line') };
}

export function readJudgeFlowsParams(value: unknown): JudgeFlowsParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), lines: texts(given, 'lines') };
}

export function readWriteFlowParams(value: unknown): WriteFlowParams {
  const given = fields(value);
  return {
    uri: text(given, 'uri'),
    id: text(given, 'id'),
    form: readForm(given['form']),
    decisions: readDecisions(given['decisions']),
  };
}

export function readFlowHelpParams(value: unknown): FlowHelpParams {
  const given = fields(value);
  return { line: text(given, 'line'), character: count(given, 'character') };
}

export function readWhyNotParams(value: unknown): WhyNotParams {
  return { ...readTraceParams(value), ...readWitnessParams(value) };
}

export function readCompareParams(value: unknown): CompareParams {
  const given = fields(value);
  const beforeText = given['beforeText'] === null ? null : text(given, 'beforeText');
  return { before: text(given, 'before'), after: text(given, 'after'), beforeText };
}

export function readCountersParams(value: unknown): CountersParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), startLine: count(given, 'startLine'), endLine: count(given, 'endLine') };
}

export function readServicesParams(value: unknown): ServicesParams {
  const given = fields(value);
  return { uri: text(given, 'uri'), query: text(given, 'query'), limit: count(given, 'limit') };
}

export function readChoicesParams(value: unknown): Required<ChoicesParams> {
  const given = fields(value);
  const { from } = given;
  if (from !== undefined && typeof from !== 'string') throw wrong('from', 'text');
  return {
    uri: text(given, 'uri'),
    ...readSearch(given),
    from: from ?? '',
    typed: given['typed'] === true,
    atHand: given['atHand'] === true,
  };
}

function readSearch(given: Fields): Pick<ChoicesParams, 'side' | 'query' | 'limit'> {
  const { side } = given;
  if (side !== 'source' && side !== 'destination') throw wrong('side', '"source" or "destination"');
  return { side, query: text(given, 'query'), limit: count(given, 'limit') };
}

export function readClusterChoicesParams(value: unknown): ClusterChoicesParams {
  const given = fields(value);
  const context = text(given, 'context');
  const { name } = given;
  if (name !== null && typeof name !== 'string') throw wrong('name', 'a name or null');
  return { context, name, ...readSearch(given), typed: given['typed'] === true };
}

export function readDecidingNodeParams(value: unknown): DecidingNodeParams {
  const given = fields(value);
  return { context: text(given, 'context'), form: readForm(given['form']) };
}

export function readTraceParams(value: unknown): TraceParams {
  const given = fields(value);
  return {
    uri: text(given, 'uri'),
    form: readForm(given['form']),
    decisions: readDecisions(given['decisions']),
  };
}

export function readConsideredParams(value: unknown): ConsideredParams {
  const given = fields(value);
  return {
    ...readTraceParams(given),
    ...(given['leg'] === undefined ? {} : { leg: texts(given, 'leg') }),
    outcome: text(given, 'outcome'),
    table: text(given, 'table'),
    chain: text(given, 'chain'),
    from: count(given, 'from'),
    to: count(given, 'to'),
    limit: count(given, 'limit'),
    ...(given['kind'] === undefined ? {} : { kind: readKind(given['kind']) }),
    ...(given['words'] === undefined ? {} : { words: text(given, 'words') }),
  };
}

function readKind(value: unknown): FailureKind {
  const kind = failureKinds.find((each) => each === value);
  if (kind === undefined) throw wrong('kind', `one of ${failureKinds.join(', ')}`);
  return kind;
}

export function readTraceOnNodesParams(value: unknown): TraceOnNodesParams {
  const given = fields(value);
  return {
    uris: texts(given, 'uris').slice(0, MOST_NODES),
    form: readForm(given['form']),
    decisions: readDecisions(given['decisions']),
  };
}

function readForm(value: unknown): FlowForm {
  const given = fields(value);
  return {
    from: text(given, 'from'),
    to: text(given, 'to'),
    protocol: text(given, 'protocol'),
    state: text(given, 'state'),
    mark: text(given, 'mark'),
    interface: text(given, 'interface'),
    ttl: text(given, 'ttl'),
    tcpFlags: text(given, 'tcpFlags'),
    ...optionalText(given, 'icmpType'),
    ...optionalText(given, 'uid'),
    ...optionalText(given, 'gid'),
  };
}

function optionalText(given: Fields, name: string): Readonly<Record<string, string>> {
  return given[name] === undefined ? {} : { [name]: text(given, name) };
}

function readDecisions(value: unknown): readonly Decision[] {
  if (!Array.isArray(value)) throw wrong('decisions', 'a list');
  return value.map((each: unknown) => {
    const given = fields(each);
    const decided = given['value'];
    if (typeof decided !== 'boolean') throw wrong('decisions', 'a list of { key, value }');
    return { key: text(given, 'key'), value: decided };
  });
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw wrong('params', 'an object');
  return { ...value };
}

function text(given: Fields, name: string): string {
  const value = given[name];
  if (typeof value !== 'string') throw wrong(name, 'a string');
  return value;
}

function texts(given: Fields, name: string): readonly string[] {
  const value = given[name];
  if (!Array.isArray(value)) throw wrong(name, 'a list of strings');
  return value.map((each: unknown) => {
    if (typeof each !== 'string') throw wrong(name, 'a list of strings');
    return each;
  });
}

/** A count of rows; more than anybody can look at is cut. */
function count(given: Fields, name: string): number {
  const value = given[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw wrong(name, 'a whole number');
  return name === 'limit' ? Math.min(value, MOST_ROWS) : value;
}

function wrong(name: string, expected: string): ResponseError {
  return new ResponseError(ErrorCodes.InvalidParams, `"${name}" must be ${expected}.`);
}
