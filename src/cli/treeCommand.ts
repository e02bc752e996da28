import { allFindings } from '../kubeproxy/findings/all.ts';
import { FindingsByService } from '../kubeproxy/findings/byService.ts';
import { glanceAt } from '../kubeproxy/glance/glance.ts';
import type { TreeNode, TreeOrder, TreePage } from '../kubeproxy/tree/tree.ts';
import { jsonText } from '../text/json.ts';
import { finish } from '../values/steps.ts';
import { defineCommand, misuse, type ExitCode, type Misuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { treeSpec } from './commands.ts';
import { choiceOf, rulesGiven, TEXT_OR_JSON, valueOf, type RulesGiven } from './given.ts';
import { glanceText } from './glanceText.ts';
import type { Output } from './output.ts';
import { cut, paint, plain, type Style } from './terminal.ts';
import { tellUnread, useRules } from './useRules.ts';

const PAGE = 500;

interface TreeGiven {
  readonly rules: RulesGiven;
  readonly order: TreeOrder;
  /** Levels to open; Infinity for all. */
  readonly depth: number;
  readonly format: 'text' | 'json';
}

/** `tree RULES …` */
export const treeCommand = defineCommand({ spec: treeSpec, read: readWords, run: showTree });

function readWords(words: Words): TreeGiven | Misuse {
  const depth = depthOf(valueOf(words, 'depth'));
  if (depth === null) return misuse('--depth needs a number from 1 up.');
  return {
    rules: rulesGiven(words),
    order: choiceOf(words, 'by', ['hook', 'service']),
    depth,
    format: choiceOf(words, 'format', TEXT_OR_JSON),
  };
}

async function showTree({ rules, order, depth, format }: TreeGiven, terminal: Terminal): Promise<ExitCode> {
  return useRules(rules, terminal, async ({ analysis }): Promise<ExitCode> => {
    tellUnread({ analysis }, terminal);
    // Rows by hook count no findings.
    const found = order === 'service' ? finish(allFindings(analysis)) : null;
    if (format === 'text') {
      terminal.output.write(glanceText(finish(glanceAt(analysis, found)), terminal.style));
    }
    const byService = new FindingsByService(found ?? []);
    const rows: RowsBelow = (parent, offset) => analysis.tree.rows(order, parent, offset, PAGE, byService);
    const walk = walkTree(rows, order, depth);
    await (format === 'json' ? printJson(walk, order, terminal.output) : printText(walk, terminal));
    return 0;
  });
}

function depthOf(text: string | null): number | null {
  if (text === null) return Infinity;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

interface Visit {
  readonly node: TreeNode;
  /** 0 for the top. */
  readonly level: number;
  /** For each level down to its own: whether it is the last of its siblings. */
  readonly last: readonly boolean[];
  /** Its rows stand above already: a chain that several rules jump to is shown once. */
  readonly repeated: boolean;
}

/** A page of the rows below one. */
type RowsBelow = (parent: string | null, offset: number) => TreePage;

interface Frame {
  readonly parent: string | null;
  readonly last: readonly boolean[];
  /** What its chains' names belong to: a table, or a chain that no hook reaches. */
  readonly scope: string;
  items: readonly TreeNode[];
  offset: number;
  total: number;
}

/** The rows from the top down to `depth` levels. Each chain is opened once, so that loops and diamonds come to an end. */
function* walkTree(rows: RowsBelow, order: TreeOrder, depth: number): Generator<Visit> {
  const opened = new Set<string>();
  const frames: Frame[] = [frameOf(rows, null, [], '')];
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const node = nextOf(frame, rows);
    if (!node) {
      frames.pop();
      continue;
    }
    const last = [...frame.last, frame.offset === frame.total];
    const scope = scopeOf(node) ?? frame.scope;
    const key =
      order === 'hook' && node.kind === 'rule' && node.hasChildren ? `${scope} ${node.chain}` : null;
    const repeated = key !== null && opened.has(key);
    if (key !== null) opened.add(key);
    yield { node, level: frames.length - 1, last, repeated };
    if (node.hasChildren && !repeated && frames.length < depth) {
      frames.push(frameOf(rows, node.id, last, scope));
    }
  }
}

/** What the chains below a row belong to; null for a row that leaves that as it is. */
function scopeOf({ kind, at, id, label }: TreeNode): string | null {
  if (kind === 'table') return `${at?.source ?? ''} ${label}`;
  return kind === 'chain' ? id : null;
}

function nextOf(frame: Frame, rows: RowsBelow): TreeNode | undefined {
  const at = frame.offset % PAGE;
  if (frame.offset >= frame.total) return undefined;
  if (at === 0 && frame.offset > 0) frame.items = rows(frame.parent, frame.offset).items;
  frame.offset++;
  return frame.items[at];
}

function frameOf(rows: RowsBelow, parent: string | null, last: readonly boolean[], scope: string): Frame {
  const { items, total } = rows(parent, 0);
  return { parent, last, scope, items, offset: 0, total };
}

async function printText(walk: Iterable<Visit>, { output, style }: Terminal): Promise<void> {
  for (const visit of walk) {
    output.line(rowText(visit, style));
    await output.flushIfLarge();
    if (output.closed) return;
  }
}

function rowText({ node, level, last, repeated }: Visit, style: Style): string {
  const guides = last.slice(1, -1).map((each) => (each ? '   ' : '│  '));
  const branch = level === 0 ? '' : last.at(-1) === true ? '└─ ' : '├─ ';
  const start = guides.join('') + branch;
  const label = plain(node.label);
  const description = [plain(node.description), repeated ? '(as above)' : '']
    .filter((text) => text !== '')
    .join(' ');
  const warning = node.badge === null ? '' : paint(style, node.badge === 'error' ? 'red' : 'yellow', '⚠ ');
  const room = style.width - start.length - (node.badge === null ? 0 : 2) - label.length - 2;
  const behind = description === '' || room < 4 ? '' : `  ${paint(style, 'dim', cut(description, room))}`;
  return `${paint(style, 'dim', start)}${warning}${level === 0 ? paint(style, 'bold', label) : label}${behind}`;
}

/** `{"order":"hook","rows":[{…,"children":[…]}]}`, written as it is walked. A chain shown before has `"repeated":true`. */
async function printJson(walk: Iterable<Visit>, order: TreeOrder, output: Output): Promise<void> {
  output.write(`{"order":${jsonText(order)},"rows":[`);
  let open = -1;
  for (const { node, level, repeated } of walk) {
    if (level <= open) output.write(`${']}'.repeat(open - level)}]},`);
    open = level;
    const fields = jsonText({ ...node, repeated });
    output.write(`${fields.slice(0, -1)},"children":[`);
    await output.flushIfLarge();
    if (output.closed) return;
  }
  output.line(`${']}'.repeat(open + 1)}]}`);
}
