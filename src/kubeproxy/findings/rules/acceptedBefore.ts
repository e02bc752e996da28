/** What pods send to a cluster IP without endpoints is accepted in FORWARD before kube-proxy's chain refuses it. */
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import { isUnconditional, targetNameOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { isRefused, saying } from '../refused.ts';
import { podNetworks } from './podAddresses.ts';
import { mayBeForPods } from './podTraffic.ts';
import type { RulesSubject } from './subject.ts';

/** The rule that accepts them; null where none does, or kube-proxy’s chain comes first. */
export function acceptedBefore(subject: RulesSubject): RuleAt | null {
  const pods = podNetworks(subject);
  const seen = new Set<string>();
  const look = (name: string): RuleAt | 'refused' | null => {
    const chain = subject.chain('filter', name);
    if (chain === null || seen.has(name)) return null;
    seen.add(name);
    for (const rule of chain.rules) {
      const target = targetNameOf(rule) ?? '';
      if (target === 'KUBE-SERVICES') return 'refused';
      if (target.startsWith('KUBE-') || (!isUnconditional(rule) && !mayBeForPods(rule, pods))) continue;
      if (target === 'ACCEPT') return subject.at(chain, rule);
      // What goes back may be all that pods send there: of the rest of the chain nothing is sure.
      if (target === 'RETURN') return null;
      const found = look(target);
      if (found !== null) return found;
    }
    return null;
  };
  const found = look('FORWARD');
  return found === 'refused' ? null : found;
}

/** The same finding, with what pods notice where `by` accepts their packets before. */
export function withAccepted(finding: Finding, by: RuleAt): Finding {
  const { at } = finding;
  const isOfClusterIP =
    at !== null && 'chain' in at && at.chain === 'KUBE-SERVICES' && at.source === by.source;
  if (!isRefused(finding) || !isOfClusterIP) return finding;
  return {
    ...saying(finding, {
      except: `Not so pods: rule ${by.index + 1} of ${by.chain} accepts what they send before KUBE-SERVICES is asked, and they wait in vain.`,
    }),
    related: [
      ...finding.related,
      { at: by, message: 'What pods send is accepted here, before it is refused.' },
    ],
  };
}
