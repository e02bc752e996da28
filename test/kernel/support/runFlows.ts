import { parseRuleset } from '../../../src/iptables/parser.ts';
import { createEngine, type Engine } from '../../../src/netfilter/engine.ts';
import type { Family, Flow } from '../../../src/netfilter/flow.ts';
import { readNode } from '../../../src/netfilter/node/readNode.ts';
import type { SnapshotFiles } from '../../../src/netfilter/snapshot.ts';
import { difference } from './judge.ts';
import type { Lab } from './lab.ts';

/** Softirqs may be late on a busy machine: so many further looks before a difference counts. */
const LOOKS = 4;
const PAUSE = 25;

/** The engine for what a snapshot holds. */
export function enginesOf(files: SnapshotFiles): Readonly<Record<Family, Engine>> {
  const node = readNode(files);
  const of = (family: Family): Engine => {
    const name = family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt';
    return createEngine(parseRuleset(files.get(name) ?? ''), family, node);
  };
  return { 4: of(4), 6: of(6) };
}

/** Sends each flow on fresh connection tables and says where the kernel did what the engine does not foresee. */
export async function runFlows(
  lab: Lab,
  flows: readonly Flow[],
): Promise<{ readonly differences: readonly string[] }> {
  const engines = enginesOf(lab.snapshot());
  const differences: string[] = [];
  for (const flow of flows) {
    lab.forget();
    const trace = engines[flow.family].trace(flow);
    const sent = await lab.send(flow);
    let seen = lab.observe(sent);
    let odd = difference(flow, trace, seen);
    for (let look = 0; odd !== null && look < LOOKS; look++) {
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE);
      });
      seen = lab.observeMore(seen);
      odd = difference(flow, trace, seen);
    }
    if (odd !== null) differences.push(odd);
  }
  return { differences };
}
