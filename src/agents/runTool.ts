/** One question of an agent: its input is read, its rules are got from the host, its answer is made plain. */
import { unreadWords } from '../kubeproxy/unread.ts';
import { invisible } from '../text/invisible.ts';
import { isRecord } from '../text/json.ts';
import type { AgentData, AgentRules, ToolAnswer } from './agentRules.ts';
import { readInput, type ToolInput } from './input.ts';
import { listServicesTool } from './tools/listServices.ts';
import { checkTool, compareTool, diagnoseTool, explainTool } from './tools/others.ts';
import { readRulesTool } from './tools/readRules.ts';
import { traceTool } from './tools/trace.ts';
import { inputSchema, type ToolHost, type ToolName, toolTable } from './toolTable.ts';

export interface ToolRunner extends ToolHost {
  /**
   * Calls `use` with the rules that the input names; `which` tells the two of `compare` apart. Gives what `use` gives, or a
   * sentence where they cannot be had.
   */
  readonly withRules: (
    input: ToolInput,
    which: 'rules' | 'before' | 'after',
    use: (rules: AgentRules) => Promise<ToolAnswer>,
  ) => Promise<ToolAnswer>;
}

const openRules = 'Open rules, by the path of their document or the end of it (node-1/iptables-save.txt).';

/** How a language model of an editor names rules, which are open documents. */
export const editorFields: ToolHost = {
  fieldsOf: (tool) =>
    tool === 'compare'
      ? {
          before: { type: 'string', description: `The state before. ${openRules}` },
          after: {
            type: 'string',
            description: `The state after. ${openRules} Default: those that the user looks at.`,
          },
        }
      : { rules: { type: 'string', description: `${openRules} Default: those that the user looks at.` } },
  requiredOf: (tool) => (tool === 'compare' ? ['before'] : []),
};

type Tool = (rules: AgentRules, input: ToolInput) => ToolAnswer | Promise<ToolAnswer>;

const tools: Readonly<Record<Exclude<ToolName, 'compare'>, Tool>> = {
  read_rules: readRulesTool,
  list_services: listServicesTool,
  trace: traceTool,
  explain: explainTool,
  check: checkTool,
  diagnose: diagnoseTool,
};

/** `name` and `value` may be anything. */
export async function runTool(name: string, value: unknown, host: ToolRunner): Promise<ToolAnswer> {
  const spec = toolTable.find((each) => each.name === name);
  if (spec === undefined) return { kind: 'wrong', message: 'There is no such tool.' };
  const { properties, required } = inputSchema(spec, host);
  const input = readInput(value, properties, required);
  if (typeof input === 'string') return { kind: 'wrong', message: input };
  const answer = await asked(spec.name, input, host);
  return answer.kind === 'wrong'
    ? { kind: 'wrong', message: seen(answer.message) }
    : { kind: 'answer', data: seenData(answer.data) };
}

function asked(tool: ToolName, input: ToolInput, host: ToolRunner): Promise<ToolAnswer> {
  if (tool !== 'compare') {
    return host.withRules(input, 'rules', async (rules) =>
      withNotes(await tools[tool](rules, input), [rules]),
    );
  }
  return host.withRules(input, 'before', (before) =>
    host.withRules(input, 'after', async (after) =>
      withNotes(await compareTool({ before, after }, input), [before, after]),
    ),
  );
}

/** An answer is no surer than what it stands on. */
function withNotes(answer: ToolAnswer, of: readonly AgentRules[]): ToolAnswer {
  if (answer.kind === 'wrong') return answer;
  const told = of.flatMap(({ analysis, notes }) => [...notes, unreadWords(analysis) ?? []].flat());
  return { kind: 'answer', data: { ...answer.data, notes: [...answer.data.notes, ...new Set(told)] } };
}

/** What nobody sees in a name cannot speak to a model either. */
function seen(text: string): string {
  return text.replaceAll(invisible, '\uFFFD');
}

function seenData(data: AgentData): AgentData {
  return { ...seenRecord(data), summary: seen(data.summary), notes: data.notes.map(seen) };
}

function seenRecord(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [seen(name), seenValue(value)]));
}

function seenValue(value: unknown): unknown {
  if (typeof value === 'string') return seen(value);
  if (Array.isArray(value)) return value.map(seenValue);
  return isRecord(value) ? seenRecord(value) : value;
}
