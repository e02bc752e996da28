/** Where an agent's rules come from: files and folders that it names, and live nodes of contexts that the person allowed. */
import { resolve } from 'node:path';
import type { AgentRules, ToolAnswer } from '../../agents/agentRules.ts';
import type { ToolInput } from '../../agents/input.ts';
import type { ToolRunner } from '../../agents/runTool.ts';
import type { Fields, ToolName } from '../../agents/toolTable.ts';
import { finish } from '../../values/steps.ts';
import { checkFiles } from '../checkedFiles.ts';
import { problemsOf } from '../checkJson.ts';
import type { ExitCode, Terminal } from '../command.ts';
import { filesOf } from '../fileOf.ts';
import type { LiveNodeGiven, RulesGiven } from '../given.ts';
import type { OtherNode } from '../otherNodes.ts';
import type { Rules } from '../readRules.ts';
import { useRules } from '../useRules.ts';

/** Whether the person lets a context be opened. */
export type MayOpen = (context: string) => Promise<boolean>;

const path =
  'A file that iptables-save, iptables -S or iptables -L wrote, or a snapshot folder of a node, by its path.';

const rulesFields: Fields = {
  rules: { type: 'string', description: path },
  context: {
    type: 'string',
    description: 'In place of rules: a context of the kubeconfig, whose node is read. The person is asked.',
  },
  node: { type: 'string', description: 'With context: the node.' },
};

const compareFields: Fields = {
  before: { type: 'string', description: `The state before. ${path}` },
  after: { type: 'string', description: `The state after. ${path}` },
};

/** `terminal`: what commands get, of which only `loadCluster` is used; nothing is printed, and no question is answered. */
export function mcpHost(terminal: Terminal, mayOpen: MayOpen): ToolRunner {
  return {
    fieldsOf: (tool: ToolName) => (tool === 'compare' ? compareFields : rulesFields),
    requiredOf: (tool: ToolName) => (tool === 'compare' ? ['before', 'after'] : []),
    withRules: async (input, which, use) => {
      const given = which === 'rules' ? rulesOf(input) : pathGiven(input.text(which));
      if (typeof given === 'string') return { kind: 'wrong', message: given };
      if (given.kind === 'live' && !(await mayOpen(given.context ?? ''))) {
        return { kind: 'wrong', message: notAllowed(given) };
      }
      return useQuietly(given, terminal, use);
    },
  };
}

function rulesOf(input: ToolInput): RulesGiven | string {
  const rules = input.text('rules');
  const context = input.text('context');
  const node = input.text('node');
  if (context === '' && node === '') return pathGiven(rules);
  if (rules !== '') return '"rules" and a live node exclude each other.';
  if (context === '') return '"context" is missing: the node of which cluster?';
  return {
    kind: 'live',
    context,
    node: node === '' ? null : node,
    kubeconfig: null,
    debugPod: false,
    yes: false,
    command: [],
    facts: [],
  };
}

/** Standard input is the protocol's, and what stands below /dev and /proc is this process's. */
function pathGiven(given: string): RulesGiven | string {
  if (given === '') return '"rules" is missing: a file or a snapshot folder.';
  const isOwn = given === '-' || /^\/(?:dev|proc)(?:\/|$)/u.test(resolve(given));
  if (isOwn) return 'That is no file of rules.';
  return { kind: 'path', path: given, facts: [], patches: [] };
}

function notAllowed({ context }: LiveNodeGiven): string {
  return `The context "${context ?? ''}" is not open to agents. The person who runs this server allows it with --allow-context.`;
}

async function useQuietly(
  given: RulesGiven,
  terminal: Terminal,
  use: (rules: AgentRules) => Promise<ToolAnswer>,
): Promise<ToolAnswer> {
  const told: string[] = [];
  const quiet: Terminal = {
    ...terminal,
    complain: (message) => told.push(message),
    progress: { show: () => undefined, clear: () => undefined },
    ask: () => Promise.resolve(null),
  };
  let answer: ToolAnswer | null = null;
  await useRules(given, quiet, async (rules, otherNode): Promise<ExitCode> => {
    answer = await use(agentRules(rules, given, otherNode, told));
    return 0;
  });
  return answer ?? { kind: 'wrong', message: told.join(' ') };
}

function agentRules(
  rules: Rules,
  given: RulesGiven,
  otherNode: OtherNode,
  notes: readonly string[],
): AgentRules {
  const { named, analysis } = rules;
  return {
    analysis,
    sources: named.map(({ source, family, ruleset }) => ({ id: source, families: [family], ruleset })),
    fileOf: filesOf(rules),
    named: given.kind === 'path' ? given.path : { context: given.context ?? '', node: given.node ?? '' },
    problems: () => Promise.resolve(checkFiles(rules, analysis).flatMap(problemsOf)),
    run: (steps) => Promise.resolve(finish(steps)),
    otherNode,
    notes,
  };
}
