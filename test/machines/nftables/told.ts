/** What the engine says of one packet and a few native rules, in a line for each outcome. */
import { expect } from 'vitest';
import { createEngine } from '../../../src/kernel/engine.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { outcomeResult } from '../../../src/kernel/flows.ts';
import type { Node } from '../../../src/kernel/node/node.ts';
import type { Trace } from '../../../src/kernel/trace.ts';
import { nftablesMachine } from '../../../src/machines/nftables/machine.ts';
import { appliedRuleset } from '../../../src/rules/nftables/applied.ts';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { labFiles, nodeOf } from '../../kernel/fixtures.ts';

const lab = nodeOf(labFiles);

/** From outside through FORWARD to a pod. */
export const OUTSIDE: Flow = {
  family: 4,
  from: { kind: 'external', address: '198.51.100.7', port: 40000, interface: 'eth0' },
  to: { address: '10.244.1.5', port: 80 },
  protocol: 'tcp',
};

export function trace(rules: string, flow: Flow = OUTSIDE, node: Node = lab): Trace {
  const ruleset = parseRuleset(rules);
  expect(ruleset.problems).toEqual([]);
  const machine = nftablesMachine(appliedRuleset(ruleset), flow.family, node);
  return createEngine([machine], flow.family, node).trace(flow);
}

/** `forward t/f/0 t/f/1` of each outcome, with its share where there are several. */
export function told(rules: string, flow: Flow = OUTSIDE, node: Node = lab): readonly string[] {
  const { outcomes } = trace(rules, flow, node);
  return outcomes.map((outcome) => {
    const { verdict, path, probability } = outcomeResult(outcome);
    return [verdict, ...path, ...(outcomes.length === 1 ? [] : [probability.toFixed(2)])].join(' ');
  });
}

/** A chain at FORWARD with these rules. `more`: what else the table has. */
export const forward = (rules: string, more = ''): string =>
  `table ip t {\n${more}\nchain f { type filter hook forward priority 0; policy accept;\n${rules}\n}\n}`;
