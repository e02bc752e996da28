/**
 * Damaged dumps through everything that reads rules: nothing throws, printing gives the same text, chances sum to one.
 * KUBE_PROXY_FUZZ sets how many, KUBE_PROXY_FUZZ_SEED where to begin; a failure names the seed of its dump.
 */
import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { printRuleset } from '../../src/rules/iptables/printer.ts';
import { servicesIn } from '../kubeproxy/dumps.ts';
import { withServedBefore } from '../../src/kubeproxy/answer/servedBefore.ts';
import { narrate } from '../../src/kubeproxy/narrative/narrate.ts';
import { mainFiles, rulesText, Sources } from '../../src/kubeproxy/sources.ts';
import { iptablesMachine } from '../../src/machines/iptables/machine.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';
import { refusedByEditor } from '../language/editorAccepts.ts';
import { checked } from '../language/rules/checked.ts';
import type { Steps } from '../../src/values/steps.ts';
import { NO_HINTS } from '../../src/kernel/hints.ts';
import { createEngine } from '../../src/kernel/engine.ts';
import type { Replies } from '../../src/kernel/replies.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import { flowResult } from '../../src/kernel/flows.ts';
import type { Node } from '../../src/kernel/node/node.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { cutDumps, nodeFiles } from './cuts.ts';
import { mutate, randomFrom } from './mutate.ts';

const count = Number(process.env['KUBE_PROXY_FUZZ'] ?? 2000);
const first = Number(process.env['KUBE_PROXY_FUZZ_SEED'] ?? 1);
/** Milliseconds for one dump; far more than any takes, since the machine may be busy. */
const SLOW = 10_000;

const tcp = { port: 40_000 } as const;
const flows: readonly Flow[] = [
  {
    family: 4,
    from: { ...tcp, kind: 'pod', address: '10.244.1.7' },
    to: { address: '10.106.89.61', port: 80 },
    protocol: 'tcp',
  },
  {
    family: 4,
    from: { ...tcp, kind: 'external', address: '203.0.113.9' },
    to: { address: '192.168.0.2', port: 30_080 },
    protocol: 'tcp',
  },
  {
    family: 4,
    from: { ...tcp, kind: 'node', address: '192.168.0.2' },
    to: { address: '10.96.0.10', port: 53 },
    protocol: 'udp',
  },
  {
    family: 4,
    from: { kind: 'external', address: '198.51.100.7', port: null },
    to: { address: '172.17.0.2', port: null },
    protocol: 'icmp',
  },
  {
    family: 6,
    from: { ...tcp, kind: 'pod', address: 'fd00:10:244:1::7' },
    to: { address: 'fd00:10:96::36e9', port: 80 },
    protocol: 'tcp',
  },
];

/** The node is read once: these dumps all claim to be of it, or of a node that nothing is known of. */
const nodes = { known: readNode(nodeFiles), unknown: readNode(new Map()) };

/** Everything that is done with a dump; gives the milliseconds that it took. */
function exercise(text: string, flow: Flow, known: keyof typeof nodes): number {
  const started = performance.now();
  const ruleset = parseRuleset(text);
  if (printRuleset(ruleset) !== text) throw new Error('printed back, it is another text');
  checked(ruleset);
  const sources = new Sources([{ ...rulesText(mainFiles[flow.family], text), ruleset }]);
  const own = sources.rulesets[flow.family];
  if (own) trace(own, sources, flow, nodes[known]);
  return performance.now() - started;
}

/** What an editor asks of a document. */
function show(text: string): void {
  const refused = refusedByEditor(new RulesDocument({ uri: 'file:///iptables-save.txt', version: 1, text }));
  if (refused !== null) throw new Error(refused);
}

function trace(ruleset: Ruleset, sources: Sources, flow: Flow, node: Node): void {
  const engine = createEngine([iptablesMachine(ruleset, flow.family, node)], flow.family, node);
  const answer = engine.trace(flow);
  const sum = answer.outcomes.reduce((total, each) => total + each.probability, 0);
  if (Math.abs(sum - 1) > 1e-6) throw new Error(`the chances sum to ${sum}`);
  JSON.stringify(flowResult(flow, answer));
  const { rulesets } = sources;
  const { catalog, iptables } = servicesIn(sources);
  const subject = {
    sources,
    files: new Map(),
    rulesets,
    node,
    catalog,
    iptables,
    hints: NO_HINTS,
    objects: null,
    nodeName: null,
  };
  const replies = (): Replies => engine.replies(flow, answer);
  const refusals = (): Replies => engine.refusals(flow, answer);
  const told = withServedBefore(answer, flow, subject);
  const whole = { ...told, alone: null, beganAs: () => [], replies, refusals, replying: nothing };
  JSON.stringify(narrate(whole, flow, subject, []));
}

function* nothing(): Steps<void> {
  yield;
}

describe(`${count} damaged dumps from seed ${first}`, () => {
  it(
    'are read, printed back, checked and traced without an exception, each quickly',
    () => {
      const dumps = cutDumps();
      const failures: string[] = [];
      for (let seed = first; seed < first + count && failures.length < 5; seed++) {
        const random = randomFrom(seed);
        const text = mutate(dumps[Math.floor(random() * dumps.length)] ?? '', random);
        const flow = flows[Math.floor(random() * flows.length)];
        if (!flow) continue;
        try {
          if (seed % 8 === 0) show(text);
          const time = exercise(text, flow, random() < 0.8 ? 'known' : 'unknown');
          if (time > SLOW) failures.push(`seed ${seed}: took ${Math.round(time)} ms`);
        } catch (error) {
          failures.push(
            `seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        }
      }
      expect(failures.join('\n')).toBe('');
    },
    30_000 + count * 30,
  );
});
