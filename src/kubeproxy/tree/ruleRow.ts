/** One rule as a row of the tree by hook. */
import { KeptByPart } from '../../text/kept.ts';
import type { Chain, Rule, Ruleset } from '../../rules/iptables/nodes.ts';
import type { Family } from '../../kernel/flow.ts';
import { partOf } from '../../rules/iptables/parts/part.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { ChainOwner, IptablesServices } from '../modes/iptables/iptablesServices.ts';
import type { ServicePort } from '../services/catalog.ts';
import { readServiceComment } from '../modes/iptables/comments.ts';
import { sharesOf, type Shares } from '../modes/iptables/shares.ts';
import { endpointPlace } from '../explain/endpointPlace.ts';
import { plural } from '../narrative/words.ts';
import { readFamilyChain, roleOf } from '../modes/iptables/roles.ts';
import { guessOwner } from '../owners.ts';
import { shortWords, type WordsContext } from '../words/ruleWords.ts';
import {
  commentOf,
  destinationAddressOf,
  destinationPortOf,
  protocolOf,
  targetNameOf,
} from '../words/ruleView.ts';
import type { Badge, TreeNode } from './tree.ts';
import { isJump } from '../words/actions.ts';
import { clauseWords } from '../words/clauses.ts';
import { conditionsOf } from '../words/conditions.ts';
import { frontendPlace } from '../words/frontendWords.ts';
import { rowWith } from './rows.ts';

/** Where a rule stands, and what its words may draw on. */
export interface RulePlaceContext {
  readonly iptables: IptablesServices;
  readonly source: SourceId;
  readonly family: Family;
  readonly table: string;
  readonly ruleset: Ruleset;
  readonly chain: Chain;
  /** The chain that a jump goes to; null where nothing declares it. */
  readonly target: (name: string) => Chain | null;
}

interface Words {
  readonly label: string;
  readonly description: string;
  readonly badge: Badge | null;
  readonly badgeReason: string | null;
}

/** The rule as a row; `open` says whether the chain that it jumps to may be opened below it. */
export function ruleRow(rule: Rule, id: string, context: RulePlaceContext, open: boolean): TreeNode {
  const target = isJump(rule) ? targetNameOf(rule) : null;
  const next = target === null ? null : context.target(target);
  return rowWith({
    ...(target === null ? plainWords(rule, context) : jumpWords(rule, target, next, context)),
    id,
    kind: 'rule',
    hasChildren: open && next !== null && next.rules.length > 0,
    at: { source: context.source, span: rule },
    chain: target ?? context.chain.name,
    address: destinationAddressOf(rule),
    port: destinationPortOf(rule),
    protocol: protocolOf(rule),
  });
}

function plainWords(rule: Rule, context: RulePlaceContext): Words {
  const comment = commentOf(rule);
  const told = readServiceComment(comment);
  const refused = told?.kind === 'noEndpoints' || told?.kind === 'noLocalEndpoints';
  return {
    label: shortWords(rule, wordsOf(context)),
    description: comment,
    badge: told?.kind === 'noEndpoints' ? 'warning' : refused ? 'info' : null,
    badgeReason: refused ? comment : null,
  };
}

function jumpWords(rule: Rule, target: string, next: Chain | null, context: RulePlaceContext): Words {
  const missing = next === null || (next.declaration === null && next.rules.length === 0);
  const isPart = missing && partOf(context.ruleset) !== null;
  const badge = missing ? (isPart ? 'info' : 'error') : null;
  const why = isPart ? 'not in this part of a dump' : `not declared in table ${context.table}`;
  const badgeReason = missing ? `${target} is ${why}` : null;
  const owner = context.table === 'nat' ? context.iptables.ofChain(target, context.family) : null;
  const words = owner === null ? null : serviceWords(rule, target, owner, context);
  if (words !== null) return { ...words, badge, badgeReason };
  return { ...chainWords(rule, target, next, context), badge, badgeReason };
}

type Said = Pick<Words, 'label' | 'description'>;

function serviceWords(rule: Rule, target: string, owner: ChainOwner, context: RulePlaceContext): Said {
  if (owner.kind === 'sep') return endpointWords(rule, target, owner, context);
  const { port } = owner;
  if (isDispatch(context.chain.name)) {
    const clauses = conditionsOf(rule, wordsOf(context)).map((clause) =>
      clause.negated ? `not ${clause.text}` : clause.text.replace(/^to /u, ''),
    );
    return { label: port.name, description: `${clauses.join(', ')} → ${target}` };
  }
  const label = shortWords(rule, { ...wordsOf(context), chainLabel: () => port.name });
  const role = roleOf(context.table, target);
  return { label, description: role === null ? target : `${target} · ${role.title}` };
}

function endpointWords(rule: Rule, target: string, owner: ChainOwner, context: RulePlaceContext): Said {
  const { endpoint } = owner;
  const place = endpoint === null ? target : endpointPlace(endpoint);
  const shares = context.ruleset.kept.of(sharesByChain).of(context.chain);
  const share = shares.rules.get(target) === rule ? (shares.byChain.get(target) ?? null) : null;
  const pod = endpoint?.pod?.name ?? '';
  return {
    label: shortWords(rule, { ...wordsOf(context), chainLabel: () => place }, { share }),
    description: [pod, target].filter((each) => each !== '' && each !== place).join(' · '),
  };
}

function chainWords(rule: Rule, target: string, next: Chain | null, context: RulePlaceContext): Said {
  if (target === 'KUBE-MARK-MASQ' || target === 'KUBE-MARK-DROP') {
    return { label: shortWords(rule, wordsOf(context), understoodIn(context)), description: target };
  }
  const title = guessOwner(context.table, target)?.title ?? '';
  const tail = conditionsOf(rule, wordsOf(context)).map((clause) => clauseWords(clause));
  const words = [
    title === '' ? commentOf(rule) : title,
    next === null ? '' : plural(next.rules.length, 'rule'),
    tail.length === 0 ? '' : `if ${tail.join(', ')}`,
  ];
  return {
    label: rule.target?.kind === 'goto' ? `${target}, for good` : target,
    description: words.filter((each) => each !== '').join(' · '),
  };
}

function isDispatch(chain: string): boolean {
  return chain === 'KUBE-SERVICES' || chain === 'KUBE-NODEPORTS';
}

function wordsOf(context: RulePlaceContext): WordsContext {
  return { masqueradeMark: context.iptables.masqueradeMark, table: context.table };
}

/** Within a Service's own chain its cluster IP goes without saying; another frontend's address does not. */
function understoodIn(context: RulePlaceContext): { readonly understood: (clause: string) => boolean } {
  const own = readFamilyChain(context.chain.name);
  const owner = own === null ? null : context.iptables.ofChain(context.chain.name, context.family);
  const places = owner === null ? [] : clusterPlaces(owner.port, context.family);
  return { understood: (clause) => places.includes(clause) };
}

function clusterPlaces(port: ServicePort, family: Family): readonly string[] {
  return port.frontends
    .filter((each) => each.kind === 'clusterIP' && each.family === family)
    .map((each) => `to ${frontendPlace(each)}`);
}

/** A page of a long chain asks for each of its rows. */
function sharesByChain({ text }: Ruleset): KeptByPart<Chain, Shares> {
  return new KeptByPart((chain) => sharesOf(chain, text));
}
