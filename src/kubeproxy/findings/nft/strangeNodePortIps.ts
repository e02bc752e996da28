/** Addresses of set `nodeport-ips` that are none of the node's: kube-proxy takes node ports at the addresses that stand there alone. */
import type { Node } from '../../../kernel/node/node.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { Rule } from '../../../rules/nftables/statements.ts';
import { NFT } from '../../nftSource.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { firstFew } from '../../narrative/words.ts';
import { isElsewhere } from '../elsewhere.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import type { NftSubject } from './subject.ts';

const SET = 'nodeport-ips';

/** One for each table; nothing where the addresses of the node are not known. */
export function strangeNodePortIps({ tables, parts: { node } }: NftSubject): readonly Finding[] {
  return tables.flatMap((table) => (isAsked(table) ? strangeIn(table, node) : []));
}

/** Where no rule asks the set, node ports are taken at every address. */
function isAsked({ chains }: ProxyTable): boolean {
  return [...chains.values()].some(({ rules }) => rules.some(asksSet));
}

function asksSet({ statements }: Rule): boolean {
  const isAskedFor = statements.some(
    (each) => each.kind === 'match' && each.right.kind === 'reference' && each.right.name === SET,
  );
  return isAskedFor && statements.some(({ kind }) => kind === 'vmap');
}

function strangeIn(table: ProxyTable, node: Node): readonly Finding[] {
  const elements = setNamed(table.ruleset, table.name, SET)?.elements ?? [];
  const strange = elements.filter(({ key }) => isElsewhere(node, printExpression(key)));
  const [first] = strange;
  if (first === undefined) return [];
  const names = firstFew(strange.map(({ key }) => printExpression(key)));
  const isAll = strange.length === elements.length;
  const so = isAll
    ? 'no node port is taken at any address of this node, and who asks one is refused or waits in vain'
    : 'what passes this node on its way there is taken for a node port, where one has its port';
  return [
    ruleFinding({
      code: 'virtual-address-missing',
      severity: isAll ? 'warning' : 'information',
      at: { source: NFT, span: { start: first.start, end: first.end } },
      message: `Set ${SET} of table ${table.name} has ${names}, which no interface of this node has: ${so}. kube-proxy writes the addresses there that the node has as it writes its rules: restart it, and look whether its --nodeport-addresses are meant for this node, and where the address has gone.`,
    }),
  ];
}
