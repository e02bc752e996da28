/** What a native chain of nftables is for: who owns it, when it is called, what stands before and behind it, who leads to it, what it decides. */
import { lookup } from '../../text/lookup.ts';
import type { Family } from '../../kernel/flow.ts';
import { priorityNumber } from '../../rules/nftables/catalogue/priorities.ts';
import { chainsOf, type PlacedChain } from '../../rules/nftables/chains.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';
import { chainsFrom, elementsOf, targetOf, targetOfElement } from '../../rules/nftables/ways.ts';
import type { Analysis } from '../analysis.ts';
import { either, plural } from '../narrative/words.ts';
import { guessNftOwner, nftOwner } from '../nftOwners.ts';
import { NFT } from '../nftSource.ts';
import type { Called } from '../tree/callOrder.ts';
import { HookRows } from '../tree/hookRows.ts';
import { nftRuleWords } from '../words/nftRuleWords.ts';
import type { ExplainedReference, Explanation } from './explanation.ts';

type Parts = Pick<Analysis, 'sources' | 'iptables' | 'ipvs' | 'catalog'>;

/** Chains of kube-proxy's table that are no Service's: k/k pkg/proxy/nftables/proxier.go. */
const helpers: Readonly<Record<string, string>> = lookup({
  services: 'Here a Service’s address, or a node port, leads to the chain of its Service port.',
  masquerading: 'Here what was marked gets an address of this node as its source as it leaves.',
  'mark-for-masquerade': 'It sets the mark by which packets are masqueraded as they leave.',
  'service-endpoints-check': 'It refuses what is sent to a Service without endpoints.',
  'nodeport-endpoints-check': 'It refuses what is sent to a node port of a Service without endpoints.',
  'endpoints-check': 'It refuses what is sent to a Service without endpoints.',
  'firewall-check': 'It asks the source ranges of load balancers, before the address is translated.',
  'cluster-ips-check': 'It refuses what is sent to a cluster IP at a port that no Service has.',
  'reject-chain': 'Maps lead here what is to be rejected.',
});

/** The chains that a text names: `inet firewalld/filter_INPUT`, `firewalld/filter_INPUT`, `filter_INPUT`. */
export function nftChainsNamed(text: string, { sources }: Pick<Analysis, 'sources'>): readonly PlacedChain[] {
  const { nft } = sources;
  if (nft === null) return [];
  return [...chainsOf(nft.ruleset)].flatMap(([table, chains]) => {
    const short = table.slice(table.indexOf(' ') + 1);
    return [...chains.values()].filter(
      ({ name }) => name === text || `${table}/${name}` === text || `${short}/${name}` === text,
    );
  });
}

/** All that may be named. */
export function nftChainNames({ sources }: Pick<Analysis, 'sources'>): readonly string[] {
  const tables = sources.nft === null ? [] : [...chainsOf(sources.nft.ruleset).values()];
  return tables.flatMap((chains) => [...chains.keys()]);
}

/** Null for a chain of both families. */
export function familyOfChain({ family }: Pick<PlacedChain, 'family'>): Family | null {
  return family === 'ip' ? 4 : family === 'ip6' ? 6 : null;
}

export function explainNftChain(chain: PlacedChain, analysis: Parts): Explanation {
  const { name, table } = chain;
  const owner = nftOwner(table, name);
  const isOwn = owner === 'kube-proxy';
  const references = referencesTo(chain, analysis);
  const bases = basesOf(chain, analysis);
  return {
    family: familyOfChain(chain),
    objects: [],
    title: name,
    summary: summaryOf(chain),
    chain: name,
    table,
    sentences: [
      (isOwn ? helpers[name] : guessNftOwner(table)?.about) ?? '',
      callWords(chain, bases),
      ...aroundWords(chain, analysis),
      decisionWords(chain),
    ].filter((each) => each !== ''),
    endpoints: [],
    reachedBy: [],
    referenceCount: references.length,
    references: references.slice(0, MOST_REFERENCES),
    owner: owner === null || isOwn ? owner : `${owner}, by its name`,
    ending: chain.base === null ? 'returns to the rule after the jump where nothing in it decides' : '',
    warnings: warningsOf(chain, bases, analysis),
  };
}

const MOST_REFERENCES = 20;

function summaryOf({ base, rules }: PlacedChain): string {
  const count = plural(rules.length, 'rule');
  return base === null ? `has ${count}` : `is a base chain of type ${base.type.text} with ${count}`;
}

/** `hook forward, priority 0` */
function placeOfBase({ base, family }: PlacedChain): string {
  if (base === null) return '';
  return `hook ${base.hook.text}, priority ${priorityNumber(family, base.priority) ?? '?'}`;
}

function callWords(chain: PlacedChain, bases: readonly PlacedChain[]): string {
  if (chain.base !== null) {
    const ends = chain.policy === 'drop' ? 'is dropped' : 'goes on to the next base chain';
    return `The kernel calls it at ${placeOfBase(chain)}. What none of its rules decides on ${ends} (policy ${chain.policy}).`;
  }
  if (bases.length === 0) return '';
  const from = bases.slice(0, MOST_NAMED).map((each) => `${each.name} (${placeOfBase(each)})`);
  const more = bases.length > MOST_NAMED ? ` and ${bases.length - MOST_NAMED} more` : '';
  return `Packets come to it from ${either(from, 'and')}${more}.`;
}

const MOST_NAMED = 4;

function basesOf(chain: PlacedChain, { sources }: Parts): readonly PlacedChain[] {
  const { nft } = sources;
  if (nft === null || chain.base !== null) return [];
  const all = [...(chainsOf(nft.ruleset).get(chain.table)?.values() ?? [])];
  return all.filter((each) => {
    if (each.base === null) return false;
    for (const reached of chainsFrom(nft.ruleset, [each])) if (reached === chain) return true;
    return false;
  });
}

/** What the kernel calls before and behind a base chain at its hook, tables of iptables and IPVS among them. */
function aroundWords(chain: PlacedChain, parts: Parts): readonly string[] {
  const { sources } = parts;
  if (chain.base === null) return [];
  const rows = new HookRows(parts);
  const hook = chain.base.hook.text.toUpperCase();
  const families = familyOfChain(chain) === null ? sources.families : [familyOfChain(chain) ?? 4];
  const told = families.map((family) => {
    const called = rows.called(family, hook);
    const own = called.findIndex((each) => 'isNat' in each && each.chain === chain);
    if (own === -1 || called.length === 1) return '';
    const names = called.map(calledName);
    const before = own === 0 ? 'nothing' : either(names.slice(0, own), 'and');
    const behind = own === names.length - 1 ? 'nothing' : either(names.slice(own + 1), 'and');
    return `At this hook of IPv${family} ${before} stands before it, and ${behind} behind it.`;
  });
  return [...new Set(told)].filter((each) => each !== '');
}

function calledName(called: Called): string {
  if ('isNat' in called) return `${called.chain.table} ${called.chain.name}`;
  return 'isIpvs' in called ? 'IPVS' : `table ${called.name} of iptables`;
}

/** What its own rules do, by kind. */
function decisionWords({ rules }: PlacedChain): string {
  const counts = new Map<string, number>();
  for (const rule of rules) {
    for (const each of rule.statements) {
      const what = decisionOf(each);
      if (what !== null) counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  if (counts.size === 0) return rules.length === 0 ? '' : 'None of its rules decides anything by itself.';
  const words = [...counts].map(([what, count]) => `${what} in ${plural(count, 'rule')}`);
  return `It ${either(words, 'and')}.`;
}

const decisions: Readonly<Partial<Record<Statement['kind'], string>>> = {
  reject: 'rejects',
  vmap: 'decides by a map',
  dnat: 'translates destinations',
  redirect: 'redirects to the node',
  snat: 'translates sources',
  masquerade: 'masquerades',
  set: 'writes a mark or a field',
  notrack: 'takes out of conntrack',
  queue: 'hands to a program',
  tproxy: 'hands to a local socket',
};

const verdicts: Readonly<Record<string, string>> = lookup({
  accept: 'accepts',
  drop: 'drops',
  return: 'returns',
  jump: 'jumps on',
  goto: 'goes on elsewhere',
});

function decisionOf(statement: Statement): string | null {
  if (statement.kind === 'verdict') return verdicts[statement.verdict] ?? null;
  return decisions[statement.kind] ?? null;
}

function referencesTo(chain: PlacedChain, { sources }: Parts): readonly ExplainedReference[] {
  const { nft } = sources;
  if (nft === null) return [];
  const found: ExplainedReference[] = [];
  for (const from of chainsOf(nft.ruleset).get(chain.table)?.values() ?? []) {
    for (const [index, rule] of from.rules.entries()) {
      if (!leads(rule, index, from)) continue;
      const span = { start: rule.start, end: rule.end };
      found.push({
        at: { source: NFT, table: from.table, chain: from.name, index, span },
        text: `${from.name} rule ${index + 1}: ${nftRuleWords(rule)}`,
      });
    }
  }
  return found;

  function leads(rule: Rule, index: number, from: PlacedChain): boolean {
    if (nft === null) return false;
    if (targetOf(nft.ruleset, from, rule, index) === chain) return true;
    return (elementsOf(nft.ruleset, from, rule) ?? []).some(
      (element) => targetOfElement(nft.ruleset, from, element) === chain,
    );
  }
}

function warningsOf(
  chain: PlacedChain,
  bases: readonly PlacedChain[],
  { sources }: Parts,
): readonly string[] {
  const isDormant = sources.nft?.ruleset.tables.some(
    ({ family, name, flags }) => `${family} ${name.text}` === chain.table && flags.includes('dormant'),
  );
  return [
    ...(isDormant === true ? ['Its table is dormant: no packet comes to it.'] : []),
    ...(chain.base === null && bases.length === 0
      ? ['No base chain leads to it: its rules are never asked, unless this listing is a part.']
      : []),
  ];
}
