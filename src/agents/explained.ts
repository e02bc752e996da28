/** What a word means in the rules: a chain or what else leads to one, a rule, a mark. Plain data; names are input and may hold anything. */
import type { Analysis } from '../kubeproxy/analysis.ts';
import { explainChain } from '../kubeproxy/explain/explainChain.ts';
import { explainNftChain, nftChainNames, nftChainsNamed } from '../kubeproxy/explain/explainNftChain.ts';
import { explainNftRule } from '../kubeproxy/explain/explainNftRule.ts';
import { explainNftablesPort } from '../kubeproxy/explain/explainNftablesPort.ts';
import { explainRule, readRulePlace, type RuleExplanation } from '../kubeproxy/explain/explainRule.ts';
import type { Explanation } from '../kubeproxy/explain/explanation.ts';
import { explainVirtualServers } from '../kubeproxy/explain/explainVirtualServers.ts';
import { type ChainPlace, placesNamed, portsAsked } from '../kubeproxy/explain/placesNamed.ts';
import { type MarkTable, markTableOf, readMarkQuery } from '../kubeproxy/marks/markTable.ts';
import { readPortChain } from '../kubeproxy/modes/nftables/names.ts';
import { families, tablesOf } from '../kubeproxy/rulesets.ts';
import type { ServicePort } from '../kubeproxy/services/catalog.ts';
import type { Source } from '../kubeproxy/sources.ts';
import { frontendWords } from '../kubeproxy/words/frontendWords.ts';
import { placeText } from '../kernel/ruleAt.ts';
import { nearest } from '../text/nearest.ts';
import type { Steps } from '../values/steps.ts';

export interface Asked {
  readonly analysis: Analysis;
  /** The chains that may be named. */
  readonly chains: readonly ChainPlace[];
}

export type Explained =
  | { readonly kind: 'rules'; readonly rules: readonly RuleExplanation[] }
  | { readonly kind: 'chains'; readonly chains: readonly Explanation[] }
  /** `wanted`: the bits that were asked about; null for all. */
  | { readonly kind: 'marks'; readonly wanted: number | null; readonly tables: readonly MarkTable[] }
  /** A sentence: there is no such thing, and what was most likely meant. */
  | { readonly kind: 'nothing'; readonly message: string };

/** Whatever `name` names: every chain of that name, else those of what else has it, else a mark. */
export function* explaining(name: string, asked: Asked): Steps<Explained> {
  const { analysis } = asked;
  const place = readRulePlace(name);
  if (place !== null) {
    const rules = [...(yield* explainRule(place, analysis)), ...(yield* explainNftRule(name, analysis))];
    const message = `These rules have no rule ${placeText(place)}. The index counts from 0 within the chain.`;
    return rules.length === 0 ? { kind: 'nothing', message } : { kind: 'rules', rules };
  }
  const native = yield* explainNftRule(name, analysis);
  if (native.length > 0) return { kind: 'rules', rules: native };
  const chains = placesOf(name, asked).map(({ family, table, chain }) =>
    explainChain(analysis, table, chain, family),
  );
  const named = nftChainsNamed(name, analysis).filter((chain) => readPortChain(chain.name) === null);
  const others = named.map((chain) => explainNftChain(chain, analysis));
  if (chains.length + others.length > 0) return { kind: 'chains', chains: [...chains, ...others] };
  const elsewhere = portsAsked(name, analysis).flatMap(
    (port) => explainVirtualServers(port) ?? explainNftablesPort(port) ?? [],
  );
  if (elsewhere.length > 0) return { kind: 'chains', chains: elsewhere };
  const query = readMarkQuery(name);
  if (query === null) return { kind: 'nothing', message: notFound(name, asked) };
  const tables = families.flatMap((family) => markTableOf(analysis, family, query.wanted) ?? []);
  return { kind: 'marks', wanted: query.wanted, tables };
}

/** The chains of these sources, table by table. */
export function chainsOfSources(
  sources: readonly Pick<Source, 'families' | 'ruleset'>[],
): readonly ChainPlace[] {
  return sources.flatMap(({ families: of, ruleset }) =>
    of.flatMap((family) =>
      tablesOf(ruleset).flatMap((table) =>
        [...table.chains.keys()].map((chain) => ({ family, table: table.name, chain })),
      ),
    ),
  );
}

/** The chains that a name means: every chain of that name, else those of what else has it. */
function placesOf(name: string, asked: Asked): readonly ChainPlace[] {
  const named = asked.chains.filter((place) => place.chain === name);
  return named.length > 0 ? named : placesNamed(name, asked.analysis);
}

function notFound(name: string, asked: Asked): string {
  const ports = portsAsked(name, asked.analysis);
  if (ports.length > 0) return ports.map((port) => withoutChains(port)).join(' ');
  const chains = [...new Set([...asked.chains.map(({ chain }) => chain), ...nftChainNames(asked.analysis)])];
  const meant =
    nearest(name, chains) ?? beginsWith(name, chains) ?? nearest(name, serviceNames(asked.analysis));
  const remedy = meant === null ? '"tree RULES" shows those they have.' : `Did you mean "${meant}"?`;
  return `These rules have no chain, Service or address "${name}". ${remedy}`;
}

/** What a Service port has that has no chains of its own: all of its traffic is refused. */
function withoutChains({ name, frontends }: ServicePort): string {
  const places = frontends.map((each) => frontendWords(each, null));
  return `${name} has no chains here${places.length === 0 ? '' : `: ${places.join('; ')}`}.`;
}

/** `KUBE-SVC-LOLE` → the only chain that begins so. */
function beginsWith(name: string, chains: readonly string[]): string | null {
  const found = chains.filter((chain) => chain.startsWith(name));
  return found.length === 1 ? (found[0] ?? null) : null;
}

function serviceNames({ catalog }: Analysis): readonly string[] {
  return catalog.ports.map((port) => port.name);
}
