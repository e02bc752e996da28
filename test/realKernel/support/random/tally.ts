/** How many packets had what: a judge that never saw a thing says nothing of it. */
import type { Flow } from '../../../../src/kernel/flow.ts';
import type { RuleAt } from '../../../../src/kernel/ruleAt.ts';
import type { Outcome } from '../../../../src/kernel/trace.ts';
import { features } from './features.ts';

interface Count {
  /** Packets that came to a rule with it, or had it themselves. */
  met: number;
  /** Packets that such a rule matched. */
  matched: number;
}

export class Tally {
  readonly #counts = new Map<string, Count>();
  #packets = 0;

  /** One packet, the way that it took (`considered` included) and what the rules on it are counted as. */
  add(flow: Flow, outcome: Outcome | null, namesOf: (at: RuleAt) => ReadonlySet<string>, node: string): void {
    this.#packets++;
    const met = new Set(
      features
        .filter(({ inFlow, inNode }) => inFlow?.(flow) === true || inNode?.test(node) === true)
        .map(({ name }) => name),
    );
    const matched = new Set<string>();
    for (const step of outcome?.steps ?? []) {
      if (step.kind !== 'rule' && step.kind !== 'considered') continue;
      for (const name of namesOf(step.at)) {
        met.add(name);
        if (step.kind === 'rule') matched.add(name);
      }
    }
    for (const name of met) this.#count(name).met++;
    for (const name of matched) this.#count(name).matched++;
  }

  /** One packet had it, too. */
  note(name: string): void {
    this.#count(name).met++;
  }

  #count(name: string): Count {
    const count = this.#counts.get(name) ?? { met: 0, matched: 0 };
    this.#counts.set(name, count);
    return count;
  }

  /** One line each. */
  toString(): string {
    const lines = [...this.#counts]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(
        ([name, { met, matched }]) => `${String(met).padStart(7)} ${String(matched).padStart(7)}  ${name}`,
      );
    return [`${this.#packets} packets`, '    met matched', ...lines].join('\n');
  }
}

/** `-A X -m conntrack --ctdir REPLY -j CT --zone 1` → `-m conntrack --ctdir`, `-j CT --zone`, and the features that it has. */
export function namesIn(rule: string): ReadonlySet<string> {
  const names = new Set(features.filter(({ inRule }) => inRule?.test(rule) === true).map(({ name }) => name));
  let owner = '';
  for (const [word] of rule.matchAll(/"(?:\\.|[^"\\])*"|\S+/g)) {
    if (owner === '-m' || owner === '-j') {
      owner = `${owner} ${word}`;
      names.add(owner);
    } else if (word === '-m' || word === '-j') owner = word;
    else if (word.startsWith('--') && owner !== '') names.add(`${owner} ${word}`);
  }
  return new Set([...names].filter((name) => !OWN_CHAIN.test(name)));
}

/** `-j mangle-user0`: chains of the random rules themselves. */
const OWN_CHAIN = /^-j [a-z]+-[a-z]+\d$/;
