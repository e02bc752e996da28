/** Whether kube-proxy keeps its Services where these rules are. */
import { begun, keptWords } from '../mode/words.ts';
import { families } from '../rulesets.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

export function proxyStep({ analysis }: DiagnosisSubject): DiagnosisStep {
  const { mode, rulesets } = analysis;
  const evidence = families.flatMap((family) =>
    mode[family].evidence.map(({ what, file }) => ({ says: `${what} (${file})` })),
  );
  const step = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'kube-proxy',
    state,
    message,
    evidence,
  });
  const given = families.filter((family) => rulesets[family] !== null);
  for (const family of given) {
    const kept = keptWords(mode[family]);
    if (kept !== null) return step('unknown', `${begun(kept)}: its rules of Services are not these.`);
  }
  const own = given.find((family) => mode[family].inRules);
  if (own === undefined)
    return step(
      'fail',
      'These rules have nothing of kube-proxy: it does not run on this node, or something else does its work.',
    );
  return step('ok', `${analysis.dump.summary}.`);
}
