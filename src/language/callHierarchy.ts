/** Chains as a call hierarchy: who jumps to a chain, and where its rules jump. */
import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  SymbolKind,
} from 'vscode-languageserver-types';
import type { Rule, Table } from '../rules/iptables/nodes.ts';
import { jumpsTo } from '../kubeproxy/references.ts';
import { groupBy } from '../text/groupBy.ts';
import { chainWordAt } from './chains.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { namesChain } from './targets.ts';
import { counted } from './words.ts';

/** How many callers or callees an editor is given: nobody opens more, and KUBE-MARK-MASQ has tens of thousands. */
const MOST_CALLS = 1_000;

export function callHierarchyItemAt(document: RulesDocument, offset: number): CallHierarchyItem | null {
  const found = chainWordAt(document, offset);
  return found === null ? null : itemOf(document, found.table, found.word.text);
}

export function incomingCalls(document: RulesDocument, item: CallHierarchyItem): CallHierarchyIncomingCall[] {
  const place = placeOf(document, item);
  if (place === null) return [];
  const callers = groupBy(
    jumpsTo(document.ruleset, place.table, place.chain).map(({ rule }) => rule),
    (rule) => rule.chain.text,
  );
  return [...callers].slice(0, MOST_CALLS).flatMap(([chain, rules]) => {
    const from = itemOf(document, place.table, chain);
    return from === null ? [] : [{ from, fromRanges: targetRanges(document, rules) }];
  });
}

export function outgoingCalls(document: RulesDocument, item: CallHierarchyItem): CallHierarchyOutgoingCall[] {
  const place = placeOf(document, item);
  if (place === null) return [];
  const jumps = (place.table.chains.get(place.chain)?.rules ?? []).filter(
    ({ target }) => target !== null && namesChain(target, place.table),
  );
  const callees = groupBy(jumps, (rule) => rule.target?.name.text ?? '');
  return [...callees].slice(0, MOST_CALLS).flatMap(([chain, rules]) => {
    const to = itemOf(document, place.table, chain);
    return to === null ? [] : [{ to, fromRanges: targetRanges(document, rules) }];
  });
}

/** An item comes back from the editor as it was given: its range says which table it is in. */
function placeOf(
  document: RulesDocument,
  item: CallHierarchyItem,
): { readonly table: Table; readonly chain: string } | null {
  const table = document.tableAt(document.offsetAt(item.selectionRange.start));
  return table === null ? null : { table, chain: item.name };
}

/** Null for a chain that no rule and no line declares, and for one without a name, which editors refuse. */
function itemOf(document: RulesDocument, table: Table, name: string): CallHierarchyItem | null {
  if (name === '') return null;
  const chain = table.chains.get(name);
  const line = chain?.declaration ?? chain?.rules[0];
  if (chain === undefined || line === undefined) return null;
  const word = chain.declaration?.name ?? chain.rules[0]?.chain ?? line;
  return {
    name,
    kind: SymbolKind.Function,
    detail: `${table.name}, ${counted(chain.rules.length, 'rule')}`,
    ...document.locationOf(line),
    selectionRange: document.locationOf(word).range,
  };
}

function targetRanges(
  document: RulesDocument,
  rules: readonly Rule[],
): CallHierarchyIncomingCall['fromRanges'] {
  return rules.flatMap(({ target }) => (target === null ? [] : [document.locationOf(target.name).range]));
}
