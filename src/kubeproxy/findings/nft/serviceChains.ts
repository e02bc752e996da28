/** Chains of Service ports that nothing leads to, that are empty, or that are called otherwise than what they are for. */
import { groupBy } from '../../../text/groupBy.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { reachedFrom, targetOf } from '../../../rules/nftables/ways.ts';
import { labelOf } from '../../modes/nftables/balance.ts';
import { hashOfChain, type NftablesChainKind, readPortChain } from '../../modes/nftables/names.ts';
import { ownerOfChain } from '../../modes/nftables/portDraft.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject, serviceOfChain } from './subject.ts';

/** One for each Service port. kube-proxy empties what it no longer uses, and deletes it later. */
export function serviceChains(subject: NftSubject, before: readonly Finding[]): readonly Finding[] {
  const isExplained = before.some(({ code }) => code === 'jump-missing');
  return subject.tables.flatMap((table) => [
    ...(isExplained ? [] : unreached(subject, table)),
    ...empty(subject, table),
    ...misnamed(subject, table),
  ]);
}

function unreached(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const filters = reachedFrom(
    table.ruleset,
    table.bases.filter(({ base }) => base?.type.text !== 'nat'),
  );
  const nodePorts = hasNodePorts(table);
  const isLeft = (chain: PlacedChain, kind: NftablesChainKind): boolean => {
    if (kind === 'endpoint' || kind === 'affinity' || chain.rules.length === 0) return false;
    if (kind === 'firewall') return !filters.has(chain);
    // Where a family has no address for node ports, a Service of that type has the chain all the same.
    return !table.isReached(chain) && (kind !== 'external' || nodePorts);
  };
  const left = [...table.portChains].flatMap(([chain, { kind }]) => (isLeft(chain, kind) ? [chain] : []));
  return [...groupBy(left, (chain) => ownerOfChain(chain)?.key ?? chain.name).values()].flatMap((chains) => {
    const [first] = chains;
    if (first === undefined) return [];
    const service = serviceOfChain(first);
    const names = chains.map(({ name }) => name).join(', ');
    const isShut = chains.every(({ name }) => name.startsWith('firewall-'));
    return [
      ruleFinding({
        code: 'jump-missing',
        at: subject.declarationOf(first),
        service,
        message: `No element of a map leads to ${names} of table ${table.name}, though kube-proxy has written the chain for ${service ?? first.name}: ${isShut ? 'its source ranges keep nobody out' : 'what is sent to the address that the missing element was for is not translated, and hangs or is refused'}. Somebody has deleted the element. Restart kube-proxy on the node, which writes it anew.`,
        related: chains.slice(1).map((chain) => ({
          at: subject.declarationOf(chain),
          message: `Nor to ${chain.name}.`,
        })),
      }),
    ];
  });
}

function hasNodePorts({ dispatches: { dispatches, refused } }: ProxyTable): boolean {
  return [...dispatches, ...refused].some(({ place }) => place.address === null);
}

/** Elements and rules that send packets of a Service to a chain without rules, from which they come back untranslated. */
function empty(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const targets = new Map<PlacedChain, Finding['at']>();
  for (const { chain, at } of table.dispatches.dispatches)
    if (chain !== null && !targets.has(chain)) targets.set(chain, at);
  for (const [chain, { kind }] of table.portChains) {
    if (kind === 'endpoint' || !table.isReached(chain)) continue;
    for (const [index, rule] of chain.rules.entries()) {
      const target = targetOf(table.ruleset, chain, rule, index);
      if (target !== null && readPortChain(target.name) !== null && !targets.has(target))
        targets.set(target, subject.at(chain, index, rule));
    }
  }
  const found = [...targets].filter(([{ rules }]) => rules.length === 0);
  return [...groupBy(found, ([chain]) => ownerOfChain(chain)?.key ?? chain.name).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const [chain, at] = first;
    const service = serviceOfChain(chain);
    return [
      ruleFinding({
        code: 'rules-frozen',
        at,
        service,
        message: `Packets for ${service ?? 'a Service'} are led to ${chainWords(chain)}, which has no rules: they are not translated, and hang or are refused. Somebody has flushed the chain, or kube-proxy did not get its rules loaded: read its log, and restart it.`,
        related: [{ at: subject.declarationOf(chain), message: 'This chain is empty.' }],
      }),
    ];
  });
}

interface Misnamed {
  readonly chain: PlacedChain;
  readonly words: string;
}

/** The hash in a name is of the rest of it, and an endpoint's chain translates to the endpoint in its name. Nothing where most are no such hash. */
function misnamed(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  let right = 0;
  const wrong: Misnamed[] = [];
  const isLarge = table.portChains.size > LARGE;
  for (const [chain, read] of table.portChains) {
    if (read.name === null || (isLarge && read.kind === 'endpoint')) continue;
    const to = read.kind === 'endpoint' ? translationOf(table, chain) : null;
    const said = read.endpoint === null ? null : endpointLabel(read.endpoint);
    if (hashOfChain(chain.name) !== read.hash)
      wrong.push({ chain, words: 'the letters in its name are not the hash of the rest of it' });
    else if (to !== null && said !== null && to !== said)
      wrong.push({ chain, words: `it translates to ${to}, and not to the endpoint that it is named for` });
    else right++;
  }
  if (wrong.length > right) return [];
  return [...groupBy(wrong, ({ chain }) => serviceOfChain(chain) ?? chain.name).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { chain, words } = first;
    return [
      ruleFinding({
        code: 'hash-mismatch',
        at:
          chain.rules.length === 0
            ? subject.declarationOf(chain)
            : subject.atRule(chain, chain.rules.length - 1),
        service: serviceOfChain(chain),
        message: `${chainWords(chain).replace(/^c/, 'C')} is not as kube-proxy calls it: ${words}. Somebody has edited the rules, or they are put together from two nodes. kube-proxy does not see what it did not write; restart it to have the rules written anew.`,
        related: own.slice(1, MOST_RELATED).map((each) => ({
          at: subject.declarationOf(each.chain),
          message: `So here: ${each.words}.`,
        })),
      }),
    ];
  });
}

const MOST_RELATED = 10;
/** Of more chains those of endpoints are not looked at. */
const LARGE = 10_000;

/** `10.244.1.5:8080`; null where it translates to none, or several. */
function translationOf(table: ProxyTable, chain: PlacedChain): string | null {
  const [only, ...more] = table.balance(chain).endpoints.values();
  return only === undefined || more.length > 0 ? null : labelOf(only);
}

/** `10.180.0.1/80` → `10.180.0.1:80`; the colons of IPv6 are written as dots. */
function endpointLabel(text: string): string | null {
  const [, host, port] = /^(.+)\/(\d+)$/.exec(text) ?? [];
  if (host === undefined || port === undefined) return null;
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) ? `${host}:${port}` : `[${host.replaceAll('.', ':')}]:${port}`;
}
