/** Writes a tree as `nft list ruleset` writes rules: what the tree holds, not the text that it was read from. */
import type { Span } from '../../text/span.ts';
import type {
  BaseChain,
  Chain,
  Flowtable,
  NamedObject,
  Priority,
  Ruleset,
  SetDefinition,
  Table,
  TableItem,
} from './nodes.ts';
import type { Word } from './expressions.ts';
import { joined, printExpression, printSeconds, printWord } from './printing/expressions.ts';
import { printElements } from './printing/elements.ts';
import { printState, printStateful } from './printing/stateful.ts';
import type { Handle } from './statements.ts';
import { printRule, printSynproxyState } from './printing/statements.ts';

/** With the handles that there are; `nft -f` takes it. Commands outside of tables, and what is not known, are written as they were. */
export function printRuleset({ tables, commands, text }: Ruleset): string {
  const apart = commands.filter((each) => each.object !== null || !tables.some((table) => isIn(each, table)));
  const parts = [
    ...apart.map((each) => ({ at: each.start, written: `${text.slice(each.start, each.end)}\n` })),
    ...tables.map((each) => ({ at: each.start, written: printTable(each, text) })),
  ];
  return parts
    .sort((one, other) => one.at - other.at)
    .map(({ written }) => written)
    .join('');
}

/** `define` within a table: its value stands where it is used. */
function isIn(inner: Span, outer: Span): boolean {
  return inner.start > outer.start && inner.end < outer.end;
}

function printTable({ family, name, handle, comment, flags, items }: Table, text: string): string {
  const head = lines([
    comment && `comment ${printWord(comment)}`,
    flags.length > 0 ? `flags ${flags.join(',')}` : null,
  ]);
  const blocks = items.map((item) => `${printItem(item, text)}\n`).join('\n');
  const gap = flags.length > 0 && items.length > 0 ? '\n' : '';
  return `table ${family} ${printWord(name)} {${printHandle(handle)}\n${head}${gap}${blocks}}\n`;
}

function printHandle(handle: Handle): string {
  return handle === null ? '' : ` # handle ${handle}`;
}

/** Each on a line of its own, indented once. */
function lines(texts: readonly (string | null)[], indent = '\t'): string {
  return texts
    .filter((each) => each !== null && each !== '')
    .map((each) => `${indent}${each}\n`)
    .join('');
}

function block(head: string, handle: Handle, body: readonly (string | null)[]): string {
  return `\t${head} {${printHandle(handle)}\n${lines(body, '\t\t')}\t}`;
}

function printItem(item: TableItem, text: string): string {
  switch (item.kind) {
    case 'unknown':
      return `\t${text.slice(item.start, item.end)}`;
    case 'chain':
      return printChain(item, text);
    case 'flowtable':
      return printFlowtable(item);
    case 'object':
      return printObject(item);
    default:
      return printSet(item);
  }
}

function printChain({ name, handle, comment, base, policy, flags, rules }: Chain, text: string): string {
  const ofPolicy = policy === null ? '' : ` policy ${printWord(policy)};`;
  return block(`chain ${printWord(name)}`, handle, [
    comment && `comment ${printWord(comment)}`,
    base && `${printBase(base)};${ofPolicy}`,
    flags.length > 0 ? `flags ${flags.join(',')}` : null,
    ...rules.map((rule) => printRule(rule, text, '\t\t') + printHandle(rule.handle)),
  ]);
}

function printBase({ type, hook, devices, priority }: BaseChain): string {
  return joined(
    `type ${type.text} hook ${hook.text}`,
    printDevices(devices),
    `priority ${printPriority(priority)}`,
  );
}

function printDevices(devices: readonly Word[]): string | null {
  const [first] = devices;
  if (first === undefined) return null;
  return devices.length === 1 ? `device ${printWord(first)}` : `devices = ${printDeviceSet(devices)}`;
}

function printDeviceSet(devices: readonly Word[]): string {
  return `{ ${devices.map(printWord).join(', ')} }`;
}

function printPriority({ name, offset }: Priority): string {
  if (name === null) return String(offset);
  if (offset === 0) return name;
  return `${name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;
}

function printSet(set: SetDefinition): string {
  const { type, data } = set;
  const ofData = data === null ? '' : ` : ${set.dataInterval ? 'interval ' : ''}${printExpression(data)}`;
  return block(`${set.kind} ${printWord(set.name)}`, set.handle, [
    type && `${type.kind} ${printExpression(type.of)}${ofData}`,
    set.policy && `policy ${set.policy}`,
    set.size === null ? null : `size ${set.size}`,
    set.flags.length > 0 ? `flags ${set.flags.join(',')}` : null,
    joined(...set.statements.map(printStateful)),
    set.timeout === null ? null : `timeout ${printSeconds(set.timeout)}`,
    set.gcInterval === null ? null : `gc-interval ${printSeconds(set.gcInterval)}`,
    set.autoMerge ? 'auto-merge' : null,
    set.comment && `comment ${printWord(set.comment)}`,
    set.elements.length > 0 ? `elements = { ${printElements(set)} }` : null,
  ]);
}

function printObject({ type, name, handle, comment, state, properties }: NamedObject): string {
  return block(`${type} ${printWord(name)}`, handle, [
    comment && `comment ${printWord(comment)}`,
    ...(state?.kind === 'synproxy' ? printSynproxyState(state) : [state && printState(state)]),
    ...properties.map(
      (each) =>
        `${each.name} ${each.values.map((value) => (value.kind === 'set' ? `= ${printExpression(value)}` : printExpression(value))).join(' ')}`,
    ),
  ]);
}

function printFlowtable({ name, handle, hook, priority, devices, flags, counter }: Flowtable): string {
  return block(`flowtable ${printWord(name)}`, handle, [
    hook && joined('hook', hook.text, priority && `priority ${printPriority(priority)}`),
    devices.length > 0 ? `devices = ${printDeviceSet(devices)}` : null,
    flags.length > 0 ? `flags ${flags.join(',')}` : null,
    counter ? 'counter' : null,
  ]);
}
