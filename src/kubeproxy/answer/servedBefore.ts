/**
 * ClientIP affinity as one question: by whom a client was served before. kube-proxy keeps a list of recent clients for each
 * endpoint of a Service port (`-m recent --name KUBE-SEP-…`), and the engine asks of each list by itself.
 */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Decision, Outcome, Step, Trace } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import { isLocalChoice } from '../modes/iptables/localChoice.ts';
import { familyKindOf } from '../modes/iptables/roles.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';
import { type AssumptionOption, type DecidableAssumption, withOptions } from './assumptionOptions.ts';

/** A trace whose assumptions may be decided, with one question for each Service port that keeps its clients. */
export interface DecidableTrace extends Trace {
  readonly assumptions: readonly DecidableAssumption[];
}

/**
 * Puts one question in the place of those about the lists of a Service port, also where outcomes stand on them. Where none does,
 * whose lists they are is found out when the assumptions are first read: to look at a Service costs as much as the trace.
 */
export function withServedBefore(
  trace: Trace,
  flow: Flow,
  source: Pick<Analysis, 'iptables'>,
): DecidableTrace {
  if (!trace.assumptions.some(isOfList)) return { ...trace, assumptions: trace.assumptions.map(withOptions) };
  if (trace.outcomes.some(({ assuming }) => assuming.some(isOfList))) return merging(trace, flow, source);
  let merged: DecidableTrace | null = null;
  return {
    ...trace,
    get assumptions() {
      merged ??= merging(trace, flow, source);
      return merged.assumptions;
    },
  };
}

/** Whether it is a question about a list of an endpoint. */
export function isOfList({ key }: { readonly key: string }): boolean {
  return listOf(key) !== null;
}

function merging(trace: Trace, flow: Flow, source: Pick<Analysis, 'iptables'>): DecidableTrace {
  const questions = new Map<string, Question>();
  const byList = new Map<string, Question>();
  source.iptables.learn(trace.outcomes, flow.family);
  for (const { key } of trace.assumptions) {
    const list = listOf(key);
    const known = list === null ? null : questionOf(list, questions, flow, source);
    if (known !== null) byList.set(key, known);
  }
  if (questions.size === 0) return { ...trace, assumptions: trace.assumptions.map(withOptions) };
  const decided = new Set(
    trace.outcomes.flatMap(({ assuming }) => assuming.flatMap(({ key, value }) => (value ? [key] : []))),
  );
  const local =
    trace.outcomes.length > 0 &&
    trace.outcomes.every((each) => isLocalChoice(each, source.iptables, flow.family));
  const merged = new Map([...questions.values()].map((each) => [each, each.assumption(decided, local)]));
  const keep = ({ key, value }: Decision): readonly Decision[] => {
    const found = byList.get(key);
    if (found === undefined) return [{ key, value }];
    return value ? [{ key: found.key, value }] : [];
  };
  const assumptions = trace.assumptions.map((each) => {
    const question = byList.get(each.key);
    return (question && merged.get(question)) ?? withOptions(each);
  });
  return {
    ...trace,
    outcomes: trace.outcomes.map((outcome) => renamed(outcome, keep)),
    assumptions: [...new Set(assumptions)],
  };
}

/** The question that asks of a list, put among `questions` by its port; null where nobody's endpoint has the list. */
function questionOf(
  list: string,
  questions: Map<string, Question>,
  flow: Flow,
  { iptables }: Pick<Analysis, 'iptables'>,
): Question | null {
  // Lists of one Service port are asked about together, and to find out whose a chain is costs more than to look here.
  for (const asked of questions.values()) if (asked.asksOf(list)) return asked;
  const owner = iptables.ofChain(list, flow.family);
  if (!owner?.endpoint) return null;
  const { id } = owner.port;
  const question = questions.get(id) ?? new Question(owner.port, flow);
  questions.set(id, question);
  return question;
}

const OF_LIST = 'recent:';

/** `recent:KUBE-SEP-…` → the list; null for any other question. */
function listOf(key: string): string | null {
  if (!key.startsWith(OF_LIST)) return null;
  const list = key.slice(OF_LIST.length);
  return familyKindOf(list) === 'sep' ? list : null;
}

function renamed(outcome: Outcome, keep: (decision: Decision) => readonly Decision[]): Outcome {
  if (outcome.assuming.length === 0) return outcome;
  const steps = outcome.steps.flatMap((step): readonly Step[] =>
    step.kind === 'assume' ? keep(step.decision).map((decision) => ({ ...step, decision })) : [step],
  );
  return { ...outcome, steps, assuming: outcome.assuming.flatMap(keep) };
}

/** Of one Service port. */
class Question {
  readonly key: string;
  readonly #port: ServicePort;
  readonly #client: string;
  readonly #endpoints: readonly ServiceEndpoint[];

  constructor(port: ServicePort, { family, from }: Flow) {
    this.key = `served-before:${port.id}`;
    this.#port = port;
    this.#client = from.address ?? (from.kind === 'node' ? 'this node' : 'the client');
    this.#endpoints = port.endpoints.filter((each) => each.family === family && each.inRules);
  }

  /** Whether one of its endpoints has the list. */
  asksOf(list: string): boolean {
    return this.#endpoints.some(({ label }) => label === list);
  }

  /** `decided`: the keys of the lists that are taken to remember the client. */
  assumption(decided: ReadonlySet<string>, local: boolean): DecidableAssumption {
    const open = this.#endpoints.filter(({ balanced }) => (local ? balanced.local : balanced.cluster));
    const served = this.#endpoints.find((each) => decided.has(keyOf(each)));
    const whom = served ? wordOf(served, this.#endpoints) : null;
    return {
      key: this.key,
      code: 'served-before',
      message: this.#message(whom),
      branched: false,
      claim: `${whom ?? `an endpoint of ${this.#port.name}`} served ${this.#client} before`,
      about: null,
      options: [NOBODY, ...open.map((each) => optionOf(each, this.#endpoints))],
    };
  }

  #message(whom: string | null): string {
    if (whom !== null) return `${whom} is taken to have served ${this.#client} at ${this.#port.name} before.`;
    return `Nobody is taken to have served ${this.#client} at ${this.#port.name} before: what the kernel remembers of recent clients is not in a snapshot.`;
  }
}

const NOBODY: AssumptionOption = { word: 'nobody', decisions: [] };

function optionOf(endpoint: ServiceEndpoint, among: readonly ServiceEndpoint[]): AssumptionOption {
  return { word: wordOf(endpoint, among), decisions: [{ key: keyOf(endpoint), value: true }] };
}

/** The list of an endpoint has the name of its chain. */
function keyOf({ label }: ServiceEndpoint): string {
  return `recent:${label}`;
}

/** `web-0`; its address where no pod is known, or two have the name. */
function wordOf({ pod, address, port }: ServiceEndpoint, among: readonly ServiceEndpoint[]): string {
  const alone = pod !== null && among.filter((each) => each.pod?.name === pod.name).length === 1;
  return alone ? pod.name : formatEndpoint({ address, port });
}
