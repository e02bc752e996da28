// What parsing and a trace cost inside of one process, for distinct flows: one that is repeated meets what is known of it.
import { openAnalysis } from '../src/kubeproxy/analysis.ts';
import { answerOf } from '../src/kubeproxy/answer/answer.ts';
import { narrate } from '../src/kubeproxy/narrative/narrate.ts';
import { nftText } from '../src/kubeproxy/nftSource.ts';
import { Sources } from '../src/kubeproxy/sources.ts';
import { parseRuleset } from '../src/rules/iptables/parser.ts';
import { LineIndex } from '../src/text/lineIndex.ts';

/** Milliseconds that `work` takes. */
function timed(work) {
  const started = performance.now();
  const result = work();
  return [result, performance.now() - started];
}

function iptablesSources(text) {
  const ruleset = parseRuleset(text);
  return new Sources([{ file: 'iptables-save.txt', ruleset, lines: new LineIndex(ruleset.text) }]);
}

/** Of `nft list ruleset`; its rules are read here, not when they are first asked for. */
export function nftSources(text) {
  const nft = nftText('nft.txt', text);
  return nft.ruleset && new Sources([], null, nft);
}

/** One of `numbers` that as many percent are not above. */
function percentile(numbers, percent) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

/** So often each flow is traced new, and warm. */
const TIMES = 3;

/**
 * Milliseconds by name: parsing, the indexes, the first trace with its sentences, and then each flow once (rules are
 * compiled as they come) and once more (warm). Of each flow, and of each beginning, the quickest of several times, each new
 * one over rules that are read anew: on a machine that does something else, too, one flow in a hundred waits for that.
 */
export function measureTraces(text, files, flows, sourcesOf = iptablesSources) {
  const all = Array.from({ length: TIMES }, () => measureOnce(text, files, flows, sourcesOf));
  const [first, warm] = ['first', 'warm'].map((name) =>
    flows.map((_, at) => Math.min(...all.map((each) => each[name][at]))),
  );
  const quickest = (name) => Math.min(...all.map((each) => each[name]));
  return {
    parse: quickest('parse'),
    prepare: quickest('prepare'),
    'first trace, told in sentences': quickest('told'),
    'trace of a new flow, median': percentile(first, 50),
    'trace of a new flow, 99th percentile': percentile(first, 99),
    'trace, warm, median': percentile(warm, 50),
    'trace, warm, 99th percentile': percentile(warm, 99),
  };
}

function measureOnce(text, files, flows, sourcesOf) {
  const [sources, parse] = timed(() => sourcesOf(text));
  const analysis = openAnalysis({ sources, files });
  const [, prepare] = timed(() => analysis.engine(4).prepare());
  const [, told] = timed(() => narrate(answerOf(analysis, flows[0]), flows[0], analysis, []));
  const pass = () => flows.map((flow) => timed(() => answerOf(analysis, flow))[1]);
  const [first, warm] = [pass(), pass()];
  return { parse, prepare, told, first, warm };
}
