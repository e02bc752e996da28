/** On what an answer depends, in few words: the branches taken at what is not known, and the files that would tell. */
import { assumptionsByKey, keysThatDiffer } from './byKey.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Node } from '../../kernel/node/node.ts';
import type { Assumption, Decision, Outcome, Trace } from '../../kernel/trace.ts';
import { either, plural } from './words.ts';

/** What a condition's words are made of. */
export interface ConditionContext {
  readonly assumptions: readonly Assumption[];
  /** Puts names before hashes. */
  readonly named: (text: string) => string;
}

/** A decision with the question that it answers. */
interface Answered extends Decision {
  readonly variable: string;
  readonly exact: boolean;
  readonly claim: string;
}

/** `if 192.168.0.2 is this node’s and it leaves by docker0`; empty where nothing was decided. */
export function conditionOf(outcome: Outcome | undefined, context: ConditionContext): string {
  const clauses = decisive(answersOf(outcome, context)).map((group) => clauseOf(group));
  return clauses.length === 0 ? '' : joined(clauses);
}

function answersOf(
  outcome: Outcome | undefined,
  { assumptions, named }: ConditionContext,
): readonly Answered[] {
  const byKey = assumptionsByKey(assumptions);
  return (outcome?.assuming ?? []).map(({ key, value }) => {
    const found = byKey.get(key);
    return {
      key,
      value,
      variable: found?.about?.variable ?? key,
      exact: found?.about?.exact ?? false,
      claim: named(found?.claim ?? key),
    };
  });
}

/** By what they are about. Beside "it is docker0" all that it is not goes without saying; a wider "yes" says less than a narrower. */
function decisive(answers: readonly Answered[]): readonly (readonly Answered[])[] {
  const groups = new Map<string, Answered[]>();
  for (const answer of answers) {
    const group = groups.get(answer.variable);
    if (group === undefined) groups.set(answer.variable, [answer]);
    else group.push(answer);
  }
  const ordered = [...groups.values()].toSorted((a, b) => rankOf(a[0]) - rankOf(b[0]));
  return ordered.map((group) => {
    const exact = group.find(({ value, exact: isExact }) => value && isExact);
    return exact === undefined ? group : [exact];
  });
}

type Way = 'comes in' | 'leaves';

const ways: readonly (readonly [pattern: RegExp, way: Way])[] = [
  [/(?:^|\/)input$/, 'comes in'],
  [/(?:^|\/)(?:output|departure)$/, 'leaves'],
];

function wayOf(variable: string): Way | null {
  return ways.find(([pattern]) => pattern.test(variable))?.[1] ?? null;
}

/** Whose the address is comes first, then the way in, then the way out; what else there is stays as it was asked. */
function rankOf(answer: Answered | undefined): number {
  if (answer === undefined || ownAddress(answer.key) !== null) return 0;
  const way = wayOf(answer.variable);
  return way === null ? 3 : way === 'comes in' ? 1 : 2;
}

interface Clause {
  readonly joint: 'if' | 'unless';
  readonly text: string;
}

function clauseOf(group: readonly Answered[]): Clause {
  const [first] = group;
  if (first === undefined) return { joint: 'if', text: '' };
  const way = wayOf(first.variable);
  if (way !== null) return { joint: 'if', text: `it ${way} by ${interfaceWords(group)}` };
  const address = ownAddress(first.key);
  if (address !== null && group.length === 1) {
    return { joint: 'if', text: `${address} is ${first.value ? '' : 'not '}this node’s` };
  }
  const yes = group.filter(({ value }) => value).map(({ claim }) => claim);
  const no = group.filter(({ value }) => !value).map(({ claim }) => claim);
  if (yes.length === 0) return { joint: 'unless', text: either(no) };
  return { joint: 'if', text: either(yes, 'and') + (no.length === 0 ? '' : ` and not: ${either(no)}`) };
}

/** `docker0`; `cali+ but not cali1`; `another interface` where it is none of those that rules name. */
function interfaceWords(group: readonly Answered[]): string {
  const nameOf = ({ key, variable }: Answered): string => key.slice(variable.length + 1);
  const yes = group.filter(({ value }) => value);
  const narrowest = yes.map(nameOf).toSorted((a, b) => b.length - a.length)[0];
  if (narrowest === undefined)
    return group.length === 1 && group[0]
      ? `another interface than ${nameOf(group[0])}`
      : 'another interface';
  const beginning = narrowest.replace(/\+$/, '');
  const inside = group.filter((each) => !each.value && nameOf(each).startsWith(beginning)).map(nameOf);
  return inside.length === 0 ? narrowest : `${narrowest} but not ${either(inside)}`;
}

function ownAddress(key: string): string | null {
  return key.startsWith('local:') ? key.slice('local:'.length) : null;
}

/** `if a and b, unless c` */
function joined(clauses: readonly Clause[]): string {
  const of = (joint: Clause['joint']): readonly string[] =>
    clauses.filter((each) => each.joint === joint).map(({ text }) => text);
  const parts = [
    of('if').length === 0 ? '' : `if ${either(of('if'), 'and')}`,
    of('unless').length === 0 ? '' : `unless ${either(of('unless'))}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const MOST_DECIDERS = 3;

/** `whether 192.168.0.2 is this node’s and by which interface the packet leaves`: what the outcomes of a trace differ in. */
export function decidersOf({ outcomes }: Trace, { assumptions, named }: ConditionContext): string {
  const differ = keysThatDiffer(outcomes.map(({ assuming }) => assuming));
  const open = assumptions.filter(({ key }) => differ.has(key));
  const byVariable = new Map(open.map((each) => [each.about?.variable ?? each.key, deciderOf(each, named)]));
  const words = withBothWays([...new Set(byVariable.values())]);
  const shown = words.slice(0, MOST_DECIDERS);
  const more = words.length - shown.length;
  return either(more === 0 ? shown : [...shown, plural(more, 'more question')], 'and');
}

const questionOfWay = (way: Way): string => `by which interface the packet ${way}`;

/** One question for both interfaces, where both are open. */
function withBothWays(words: readonly string[]): readonly string[] {
  const both = [questionOfWay('comes in'), questionOfWay('leaves')];
  if (!both.every((each) => words.includes(each))) return words;
  return [
    ...words.filter((each) => !both.includes(each)),
    'by which interfaces the packet comes in and leaves',
  ];
}

function deciderOf({ key, about, claim }: Assumption, named: (text: string) => string): string {
  const way = wayOf(about?.variable ?? '');
  if (way !== null) return questionOfWay(way);
  const address = ownAddress(key);
  return `whether ${address === null ? named(claim ?? key) : `${address} is this node’s`}`;
}

const sysctls = '`sysctl -a > sysctl.txt`';
const ipsets = '`ipset save > ipset-save.txt`';
const bridges = '`bridge -d link > bridge-link.txt`';

/** Of a file that was given, and shows a part of them, it is said so: it would look as if nobody had read it. */
function addresses({ glimpsed }: Node): string {
  return `\`ip -j addr > ip-addr.json\`${glimpsed === null ? '' : ' (in place of the part that was given)'}`;
}

function routes(family: Family): string {
  return family === 4
    ? '`ip -j route show table all > ip-route.json`'
    : '`ip -j -6 route show table all > ip6-route.json`';
}

/** The missing files that would settle what was explored both ways; empty where none would. */
export function remedyOf(assumptions: readonly Assumption[], node: Node, family: Family): string {
  const codes = new Set(assumptions.filter(({ branched }) => branched).map(({ code }) => code));
  const has = (...wanted: readonly string[]): boolean => wanted.some((code) => codes.has(code));
  const isPlace = has(
    'local-addresses-unknown',
    'interface-unknown',
    'interface-assumed',
    'routing-unknown',
    'source-unknown',
  );
  const missing = [
    ...(isPlace && node.interfaces === null ? [addresses(node)] : []),
    ...(isPlace && node.routes[family] === null ? [routes(family)] : []),
    ...(has('route-localnet-unknown') && node.sysctls === null ? [sysctls] : []),
    ...(has('ipset-unknown') && node.ipsets === null ? [ipsets] : []),
    ...(has('bridge-port-unknown') && node.bridgePorts === null ? [bridges] : []),
  ];
  if (missing.length === 0) return '';
  const commands = either(missing, 'and');
  return `Made on the node and put beside the dump, ${commands} ${missing.length === 1 ? 'decides' : 'decide'} this.`;
}
