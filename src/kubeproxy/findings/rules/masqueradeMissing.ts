/** Marked packets that nothing masquerades, and a mark that nothing sets: replies then pass the node by. */
import { isUnconditional, targetNameOf } from '../../words/ruleView.ts';
import { masqueradeMarkOf } from '../../modes/iptables/marks.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

const SO =
  'what comes by a node port, or from a pod that is balanced to itself, goes to its endpoint with the client’s own address, and the reply does not come back through this node: connections hang';

export function masqueradeMissing(subject: RulesSubject): readonly Finding[] {
  if (subject.isPart) return [];
  return [...unmarked(subject), ...unmasqueraded(subject)];
}

function unmarked(subject: RulesSubject): readonly Finding[] {
  const chain = subject.chain('nat', 'KUBE-MARK-MASQ');
  if (chain === null || !isMarkedFor(subject) || masqueradeMarkOf(subject.ruleset) !== null) return [];
  return [
    ruleFinding({
      code: 'masquerade-missing',
      at: subject.declarationOf(chain),
      message: `KUBE-MARK-MASQ has no rule that sets the mark: ${SO}. Restart kube-proxy on the node, which writes the rule anew.`,
    }),
  ];
}

/** Whether kube-proxy balances here: else nothing need be marked. */
function isMarkedFor(subject: RulesSubject): boolean {
  return subject.rules('nat', 'KUBE-SERVICES').length > 0;
}

function unmasqueraded(subject: RulesSubject): readonly Finding[] {
  const chain = subject.chain('nat', 'KUBE-POSTROUTING');
  const mark = masqueradeMarkOf(subject.ruleset);
  if (chain === null || mark === null) return [];
  const at = chain.rules.findIndex(
    (rule) => targetNameOf(rule) === 'MASQUERADE' || targetNameOf(rule) === 'SNAT',
  );
  const before = at === -1 ? chain.rules : chain.rules.slice(0, at);
  const stops = before.find((rule) => isUnconditional(rule) && ENDS.has(targetNameOf(rule) ?? ''));
  if (at !== -1 && stops === undefined) return [];
  const why =
    stops === undefined
      ? 'has no rule that masquerades'
      : `ends with rule ${stops.index + 1} before anything is masqueraded`;
  return [
    ruleFinding({
      code: 'masquerade-missing',
      at: stops === undefined ? subject.declarationOf(chain) : subject.at(chain, stops),
      message: `KUBE-POSTROUTING ${why}: ${SO}. Restart kube-proxy on the node, which writes the rules anew.`,
    }),
  ];
}

const ENDS: ReadonlySet<string> = new Set(['RETURN', 'ACCEPT', 'DROP']);
