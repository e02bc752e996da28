/** Whether kube-proxy keeps its Services where these rules are. */
import { proxyMissing } from '../findings/cluster/proxyMissing.ts';
import { wordsOfFinding } from '../findings/finding.ts';
import { replacementOn, replacementWords } from '../mode/replacement.ts';
import { begun, keptWords } from '../mode/words.ts';
import { families } from '../rulesets.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

const LOOK_WHY = 'See why with "kubectl describe" of its Pod or DaemonSet, and in its log.';

const NOTHING =
  'These rules have nothing of kube-proxy: it does not run on this node, or something else does its work.';

export function proxyStep({ analysis, ports, name }: DiagnosisSubject): DiagnosisStep {
  const { mode, sources } = analysis;
  const evidence = families.flatMap((family) =>
    mode[family].evidence.map(({ what, file }) => ({ says: `${what} (${file})` })),
  );
  const step = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'kube-proxy',
    state,
    message,
    evidence,
  });
  const given = sources.families;
  for (const family of given) {
    const kept = keptWords(mode[family]);
    if (kept === null) continue;
    const more = mode[family].listed ? '' : ': its rules of Services are not these';
    return step('unknown', `${begun(kept)}${more}.`);
  }
  const own = given.find((family) => mode[family].inRules);
  const replaced = replacementOn(analysis);
  if (replaced !== null) {
    const words = replacementWords(replaced, own !== undefined);
    return {
      ...step(replaced.isSure && own === undefined ? 'unknown' : 'warn', words),
      evidence: [...evidence, ...replaced.signs.map((says) => ({ says }))],
    };
  }
  if (own === undefined && ports.some(({ families: held }) => held.length > 0))
    return step(
      'unknown',
      `The rules hold ${name}, and no other sign of kube-proxy: a part of a dump may lack them.`,
    );
  if (own === undefined) return { ...step('fail', NOTHING), standing: `${name}: ${NOTHING}` };
  const [missing] = proxyMissing(analysis);
  return missing === undefined
    ? step('ok', `${analysis.dump.summary}.`)
    : step('warn', `${wordsOfFinding(missing)} ${LOOK_WHY}`);
}
