/** Cluster IPs that set `cluster-ips` lacks: by it kube-proxy tells whose packets to a cluster IP are masqueraded (since 1.30). */
import { groupBy } from '../../../text/groupBy.ts';
import type { Rule } from '../../../rules/nftables/statements.ts';
import type { Dispatch } from '../../modes/nftables/dispatches.ts';
import { readPortChain } from '../../modes/nftables/names.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { plural } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { serviceName } from '../packet/words.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { type NftSubject, serviceOfChain } from './subject.ts';

const SET = 'cluster-ips';

/** One for each address, or one for all where the set has none of them. */
export function unlistedClusterIps({ tables }: NftSubject): readonly Finding[] {
  return tables.flatMap((table) => {
    const asks = table.chains.get('services')?.rules.some(marksBySet) === true;
    return table.listsClusterIps && asks ? unlisted(table) : [];
  });
}

/** Without `--cluster-cidr` or another way to tell pods there is no such rule. */
function marksBySet({ statements }: Rule): boolean {
  const isAsked = statements.some(
    (each) => each.kind === 'match' && each.right.kind === 'reference' && each.right.name === SET,
  );
  return isAsked && statements.length > 1;
}

interface Led {
  readonly dispatch: Dispatch;
  readonly address: string;
  readonly name: string;
}

/** Of the addresses of a Service its cluster IP alone leads to these chains. */
function clusterIpsOf({ dispatches: { dispatches } }: ProxyTable): readonly Led[] {
  return dispatches.flatMap((dispatch) => {
    const { chain, place } = dispatch;
    const kind = chain === null ? null : readPortChain(chain.name)?.kind;
    if (chain === null || place.address === null || (kind !== 'service' && kind !== 'local')) return [];
    return [{ dispatch, address: place.address, name: serviceOfChain(chain) ?? chain.name }];
  });
}

function unlisted(table: ProxyTable): readonly Finding[] {
  const all = [...groupBy(clusterIpsOf(table), ({ address }) => address).values()];
  const lacking = all.filter(([first]) => first !== undefined && !table.isClusterIp(first.address));
  if (lacking.length > 1 && lacking.length === all.length)
    return [
      finding(table, lacking.flat(), `${plural(all.length, 'cluster IP')} that its maps lead on`, null),
    ];
  return lacking.flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const service = own.length === 1 ? first.name : serviceName(first.name);
    return [finding(table, own, `${first.address}, the cluster IP of ${service}`, service)];
  });
}

function finding(table: ProxyTable, [first]: readonly Led[], what: string, service: string | null): Finding {
  return ruleFinding({
    code: 'masquerade-missing',
    at: first?.dispatch.at ?? null,
    service,
    message: `Set ${SET} of table ${table.name} does not have ${what}: what other machines than this node and its pods send there is not masqueraded, and what endpoints on other nodes answer passes this node by: such connections hang. Restart kube-proxy on the node, which writes its table anew.`,
  });
}
