// What parsing and a trace cost inside of one process, for distinct flows: one that is repeated meets what is known of it.
import { openAnalysis } from '../src/kubeproxy/analysis.ts';
import { answerOf } from '../src/kubeproxy/answer/answer.ts';
import { narrate } from '../src/kubeproxy/narrative/narrate.ts';
import { Sources } from '../src/kubeproxy/sources.ts';
import { parseRuleset } from '../src/rules/iptables/parser.ts';
import { LineIndex } from '../src/text/lineIndex.ts';

/** Milliseconds that `work` takes. */
function timed(work) {
  const started = performance.now();
  const result = work();
  return [result, performance.now() - started];
}

function analysisOf(text, files) {
  const [ruleset, parse] = timed(() => parseRuleset(text));
  const sources = new Sources([{ file: 'iptables-save.txt', ruleset, lines: new LineIndex(ruleset.text) }]);
  return [openAnalysis({ sources, files }), parse];
}

/** One of `numbers` that as many percent are not above. */
function percentile(numbers, percent) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

/**
 * Milliseconds by name: parsing, the indexes, the first trace with its sentences, and then each flow once (rules are
 * compiled as they come) and once more (warm).
 */
export function measureTraces(text, files, flows) {
  const [analysis, parse] = analysisOf(text, files);
  const [, prepare] = timed(() => analysis.engine(4).prepare());
  const [, told] = timed(() => narrate(answerOf(analysis, flows[0]), flows[0], analysis, []));
  const pass = () => flows.map((flow) => timed(() => answerOf(analysis, flow))[1]);
  const [first, warm] = [pass(), pass()];
  return {
    parse,
    prepare,
    'first trace, told in sentences': told,
    'trace of a new flow, median': percentile(first, 50),
    'trace of a new flow, 99th percentile': percentile(first, 99),
    'trace, warm, median': percentile(warm, 50),
    'trace, warm, 99th percentile': percentile(warm, 99),
  };
}
