/** Marked packets that nothing masquerades, a mark that nothing sets, and endpoints that do not reach themselves. */
import { groupBy } from '../../../text/groupBy.ts';
import { inferArrival } from '../../../kernel/arrival.ts';
import { parseAddress } from '../../../values/address.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { Rule } from '../../../rules/nftables/statements.ts';
import { type Balanced, labelOf } from '../../modes/nftables/balance.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { plural } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject, serviceOfChain } from './subject.ts';
import { endsAll } from './terminal.ts';

const SO =
  'what comes by a node port, or from a pod that is balanced to itself, goes to its endpoint with the client’s own address, and the reply does not come back through this node: connections hang';
const CURE = 'Restart kube-proxy on the node, which writes its table anew.';

export function masquerading(subject: NftSubject, before: readonly Finding[]): readonly Finding[] {
  return subject.tables.flatMap((table) => {
    if (isLost(subject, table, before)) return [];
    const missing = [...unmarked(subject, table), ...unmasqueraded(subject, table)];
    return missing.length > 0 ? missing : hairpins(subject, table);
  });
}

/** Whether it is found before that no packet comes to what masquerades. */
function isLost(subject: NftSubject, table: ProxyTable, before: readonly Finding[]): boolean {
  const chain = table.chains.get('masquerading');
  if (chain === undefined) return false;
  const { start } = subject.declarationOf(chain).span;
  return before.some(
    ({ code, related }) => code === 'jump-missing' && related.some(({ at }) => at.span.start === start),
  );
}

/** Up to 1.32 a chain of its own sets the mark. */
function unmarked(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const chain = table.chains.get('mark-for-masquerade');
  if (chain === undefined || table.dispatches.dispatches.length === 0) return [];
  if (chain.rules.some(({ statements }) => statements.some(({ kind }) => kind === 'set'))) return [];
  return [
    ruleFinding({
      code: 'masquerade-missing',
      at: subject.declarationOf(chain),
      message: `${capital(chainWords(chain))} has no rule that sets the mark: ${SO}. ${CURE}`,
    }),
  ];
}

function unmasqueraded(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const chain = table.chains.get('masquerading');
  if (chain === undefined || table.dispatches.dispatches.length === 0) return [];
  const at = chain.rules.findIndex((rule) => masquerades(rule) && !isOfHairpins(rule));
  const stop = chain.rules
    .slice(0, at === -1 ? undefined : at)
    .findIndex((rule) => endsAll(rule, chain.family));
  if (at !== -1 && stop === -1) return [];
  const why =
    stop === -1
      ? 'has no rule that masquerades what is marked'
      : `ends with rule ${stop + 1} before anything is masqueraded`;
  return [
    ruleFinding({
      code: 'masquerade-missing',
      at: stop === -1 ? subject.declarationOf(chain) : subject.atRule(chain, stop),
      message: `${capital(chainWords(chain))} ${why}: ${SO}. ${CURE}`,
    }),
  ];
}

function masquerades({ statements }: Rule): boolean {
  return statements.some(({ kind }) => kind === 'masquerade' || kind === 'snat');
}

const HAIRPINS = 'hairpin-connections';

/** The rule that looks into the set of connections from an endpoint to itself. */
function isOfHairpins({ statements }: Rule): boolean {
  return statements.some(
    (each) => each.kind === 'match' && each.right.kind === 'reference' && each.right.name === HAIRPINS,
  );
}

/** Since 1.36 a set names the endpoints of this node; before, the chain of each endpoint marks what comes from itself. */
function hairpins(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const set = setNamed(table.ruleset, table.name, HAIRPINS);
  const chain = table.chains.get('masquerading');
  if (set === null || chain === undefined) return unmarkedEndpoints(subject, table);
  if (set.elements.length > 0 && !chain.rules.some((rule) => masquerades(rule) && isOfHairpins(rule)))
    return [
      ruleFinding({
        code: 'hairpin-unmasked',
        at: subject.declarationOf(chain),
        message: `${capital(chainWords(chain))} has no rule that masquerades the connections of set ${HAIRPINS}: an endpoint of this node that connects to its own Service and is balanced to itself gets a packet from its own address and drops it; such connections hang now and then. ${CURE}`,
      }),
    ];
  return absentHairpins(subject, table);
}

/** Endpoints that are this node's, since a chain of local endpoints has them, or since the node's networks do. */
function absentHairpins(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const absent = [...table.portChains].flatMap(([chain, read]) => {
    if ((read.kind !== 'local' && read.kind !== 'service') || !table.isReached(chain)) return [];
    return [...table.balance(chain).endpoints.values()]
      .filter(({ address }) => read.kind === 'local' || isOfThisNode(subject, table, address))
      .filter(({ address, port }) => table.hairpinOf(address, port, read.protocol) !== true)
      .map((endpoint) => ({ chain, endpoint }));
  });
  return ofPorts(subject, absent, (own) => `set ${HAIRPINS} of table ${table.name} does not have ${own}`);
}

function isOfThisNode({ parts: { node } }: NftSubject, { family }: ProxyTable, text: string): boolean {
  const address = parseAddress(text);
  return address !== null && inferArrival(node, family, address).kind === 'pod';
}

function unmarkedEndpoints(subject: NftSubject, table: ProxyTable): readonly Finding[] {
  const marking = table.chains.get('mark-for-masquerade');
  if (marking === undefined) return [];
  const unmarkedOnes = [...table.portChains].flatMap(([chain, { kind }]) => {
    if ((kind !== 'service' && kind !== 'local') || !table.isReached(chain)) return [];
    return [...table.balance(chain).endpoints.values()]
      .filter(({ label, marksItself }) => label.startsWith('endpoint-') && !marksItself)
      .map((endpoint) => ({ chain, endpoint }));
  });
  return ofPorts(subject, unmarkedOnes, (own) => `no rule marks what comes from ${own}`);
}

interface Unmasked {
  readonly chain: PlacedChain;
  readonly endpoint: Balanced;
}

/** One for each Service port. */
function ofPorts(
  subject: NftSubject,
  all: readonly Unmasked[],
  why: (which: string) => string,
): readonly Finding[] {
  return [...groupBy(all, ({ chain }) => serviceOfChain(chain) ?? chain.name).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const endpoints = new Set(own.map(({ endpoint }) => labelOf(endpoint)));
    const [label = ''] = endpoints;
    const which =
      endpoints.size === 1 ? label : `${plural(endpoints.size, 'endpoint')}, one of them ${label},`;
    const service = serviceOfChain(first.chain);
    return [
      ruleFinding({
        code: 'hairpin-unmasked',
        at: subject.declarationOf(first.chain),
        service,
        message: `${capital(why(which))}: when it connects to its own Service ${service ?? first.chain.name} and is balanced to itself, it gets a packet from its own address and drops it; such connections hang now and then. ${CURE}`,
      }),
    ];
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
