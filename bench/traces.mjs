// What parsing, the catalog and a trace cost inside of one process.
import { Bench } from 'tinybench';
import { openAnalysis } from '../src/kubeproxy/analysis.ts';
import { answerOf } from '../src/kubeproxy/answer/answer.ts';
import { Sources } from '../src/kubeproxy/sources.ts';
import { parseRuleset } from '../src/rules/iptables/parser.ts';
import { LineIndex } from '../src/text/lineIndex.ts';
import { narrate } from '../src/kubeproxy/narrative/narrate.ts';

/** Milliseconds by name: parse, a first trace without and with preparation, median trace, telling it, catalog. */
export async function measureTrace(text, address, port) {
  const times = new Map();
  const timed = (name, work) => {
    const started = performance.now();
    const result = work();
    times.set(name, performance.now() - started);
    return result;
  };
  const ruleset = timed('parse', () => parseRuleset(text));
  const input = {
    sources: new Sources([{ file: 'iptables-save.txt', ruleset, lines: new LineIndex(ruleset.text) }]),
    files: new Map(),
  };
  const analysis = openAnalysis(input);
  const flow = {
    family: 4,
    from: { kind: 'pod', address: '10.244.1.7', port: 40_000 },
    to: { address, port },
    protocol: 'tcp',
  };
  timed('first trace, nothing prepared', () => openAnalysis(input).engine(4).trace(flow));
  const engine = timed('engine', () => analysis.engine(4));
  timed('prepare (indexes of long chains)', () => engine.prepare());
  timed('first trace, prepared', () => engine.trace(flow));
  const bench = new Bench({ time: 500 });
  bench.add('trace (median)', () => {
    engine.trace(flow);
  });
  await bench.run();
  for (const { name, result } of bench.tasks) times.set(name, result.latency.p50);
  timed('catalog', () => analysis.catalog.ports.length);
  timed('a trace told in sentences', () => narrate(answerOf(analysis, flow), flow, analysis, []));
  return times;
}
