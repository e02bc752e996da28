/** Packets that rules match: the trace of each meets its rule, and most rules of a node that can match have one. */
import { describe, expect, it } from 'vitest';
import { placeText } from '../../../src/kernel/ruleAt.ts';
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { explainRule, type RuleExplanation } from '../../../src/kubeproxy/explain/explainRule.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { tablesOf } from '../../../src/kubeproxy/rulesets.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../dumps.ts';

function analysisOf(dump: string): Analysis {
  return analysisOfFiles(new Map([['iptables-save.txt', dumpText(dump, 'iptables-save.txt') ?? '']]));
}

/** Every so many of the rules of each table. */
function someRules(analysis: Analysis, every: number): readonly RuleExplanation[] {
  const ruleset = analysis.sources.followed(4)?.ruleset;
  const places = (ruleset === undefined ? [] : tablesOf(ruleset)).flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.map(({ index }) => ({ table: table.name, chain: chain.name, index })),
    ),
  );
  return places
    .filter((_, index) => index % every === 0)
    .flatMap((place) => finish(explainRule(place, analysis)));
}

describe.each(['1.36.3', '1.23.4', '1.36.3-cni-plugins', 'docker'])('the rules of %s', (dump) => {
  const analysis = analysisOf(dump);
  const rules = someRules(analysis, dump === 'docker' ? 1 : 9);

  it('have packets whose traces meet them', () => {
    for (const { witness, at } of rules) {
      if (witness === null) continue;
      const reading = readForm(witness.packet, analysis);
      const flow = reading.kind === 'flow' ? reading.flow : null;
      const answer = flow === null ? null : answerOf(analysis, flow, { decisions: witness.decisions });
      const met = answer?.outcomes.some(({ steps }) =>
        steps.some((step) => step.kind === 'rule' && placeText(step.at) === placeText(at)),
      );
      expect(met, placeText(at)).toBe(true);
    }
  });

  // Affinity wants a packet before this one, kube-proxy has a rule behind one that takes everything, and nothing tells here who is behind which bridge.
  it('have one but for what only a packet after others meets', () => {
    const without = rules.filter(({ witness, never }) => witness === null && never === null);
    const odd = without.filter(
      ({ text }) => !/-m recent --rcheck|-j KUBE-MARK-DROP|-i (\S+) -o \1 /u.test(text),
    );
    expect(odd.map(({ at }) => placeText(at))).toEqual([]);
    expect(without.length / rules.length).toBeLessThan(0.04);
  });
});
