/** Whom the receiver sees: the client's own address, or the one that the source was translated to. */
import { normalAddress, parseAddress } from '../../values/address.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { addressType } from '../../kernel/node/routing.ts';
import type { AddressOwner, Catalog } from '../services/catalog.ts';
import type { Context } from './context.ts';
import { capitalized, either, shareWords, translatedEnd, translationOf } from './words.ts';

/** One sentence on outcomes that pass; empty where the packet stays on this node as it came. */
export function sourceSentence(passing: readonly Outcome[], context: Context): string {
  const changed = passing.filter((outcome) => isSourceChanged(outcome, context.flow));
  if (changed.length === 0) {
    const seen = passing.filter((outcome) => !leavesFromLoopback(outcome, context));
    return unchangedSentence(seen, context);
  }
  if (changed.length < passing.length) return partlyChanged(changed, passing, context);
  const sees = seesWords(passing, context);
  const own = context.flow.from.kind === 'node';
  const unknown = changed.every(({ source }) => source === null);
  if (own && unknown) return `${sees} ${nodeWords(changed)}.`;
  return changed.every(({ masqueraded }) => masqueraded)
    ? `${sees} ${nodeWords(changed)}${notOwn(changed, own)}.`
    : `${sees} ${either(seenSources(changed))} as the source, not the ${own ? "process's own" : "client's"} address.`;
}

/** Of a packet that leaves with such a source the headline says that nobody answers it. */
function leavesFromLoopback(outcome: Outcome, { flow }: Context): boolean {
  const { source, verdict } = outcome;
  if (source === null || verdict === 'local' || isSourceChanged(outcome, flow)) return false;
  return source.address === '::1' || source.address.startsWith('127.');
}

/** Of the node's addresses it may be the one that the process had. */
function notOwn(changed: readonly Outcome[], own: boolean): string {
  if (!own) return ", not the client's";
  return changed.some(({ source }) => source === null) ? '' : ", not the process's own";
}

/** Whether the source was translated to another one; also where its new address is not known. */
export function isSourceChanged({ source, conntrack, masqueraded }: Outcome, { from }: Flow): boolean {
  if (source === null) return masqueraded;
  const was = from.address === null ? conntrack?.originalSource.address : normalAddress(from.address);
  return was !== undefined && source.address !== was;
}

/** What the source became, in few words: `192.0.2.10 (SNAT)`, `one of the node's addresses (masqueraded)`. */
export function newSource(outcome: Outcome): string {
  const { source, masqueraded } = outcome;
  if (source === null) return "one of the node's addresses (masqueraded)";
  const how = masqueraded ? 'masqueraded' : 'SNAT';
  return `${source.address} (${isByRule(outcome) ? how : 'by its known connection'})`;
}

function isByRule({ steps }: Outcome): boolean {
  return steps.some((_, index) => translatedEnd(steps, index) === 'source');
}

/** `, as 192.0.2.10 (by its known connection)` where no rule of these gave it its source; else empty. */
export function knownSource(outcome: Outcome, flow: Flow): string {
  return isSourceChanged(outcome, flow) && !isByRule(outcome) ? `, as ${newSource(outcome)}` : '';
}

/** ` but for its source port, now 6000`; empty where that is as it was, or nobody said what it was. */
export function newPort({ source }: Outcome, { from }: Flow): string {
  if (from.port === null || source === null || source.port === null || source.port === from.port) return '';
  return ` but for its source port, ${source.port === '*' ? 'which the kernel picks' : `now ${source.port}`}`;
}

/** `10.244.1.1, an address of this node (masqueraded)` */
function nodeWords(masqueraded: readonly Outcome[]): string {
  return masqueraded.some(({ source }) => source === null)
    ? "one of the node's addresses (masqueraded)"
    : `${either(seenSources(masqueraded))}, an address of this node (masqueraded)`;
}

function unchangedSentence(passing: readonly Outcome[], context: Context): string {
  const seen = seenSources(passing);
  if (seen.length === 0 || passing.every(({ verdict }) => verdict === 'local')) return '';
  const sees = seesWords(passing, context);
  if (context.flow.from.kind !== 'node') return `${sees} the client's own address, ${either(seen)}.`;
  const types = new Set(seen.map((address) => typeOf(address, context)));
  if (types.has(null)) return `${sees} the process's own address, ${either(seen)}.`;
  if (types.size === 1 && types.has('LOCAL')) {
    return `${sees} ${seen.length === 1 ? "this node's address" : 'addresses of this node'}, ${either(seen)}.`;
  }
  return `${sees} ${either(seen)}, which no interface of this node has.`;
}

/** Null where no file tells. */
function typeOf(address: string, { analysis }: Context): string | null {
  const parsed = parseAddress(address);
  return parsed && addressType(analysis.node, parsed);
}

function partlyChanged(changed: readonly Outcome[], passing: readonly Outcome[], context: Context): string {
  const share = shareWords(sumOf(changed) / sumOf(passing));
  const rest = passing.filter((outcome) => !changed.includes(outcome));
  const hairpin = changed.every(isToItself) && !rest.some(isToItself);
  const when = hairpin ? `Where the pod is sent back to itself (${share})` : `In ${share} of cases`;
  const whose = context.flow.from.kind === 'node' ? "the process's" : "the client's";
  const isSeen = isFinal(rest, context) && !rest.some((outcome) => leavesFromLoopback(outcome, context));
  const sees = isSeen ? `${receiverWord(rest, context)} sees` : 'the packet leaves this node with';
  const becomes = changed.every(({ masqueraded }) => masqueraded)
    ? nodeWords(changed)
    : either(seenSources(changed));
  return `${when} the source becomes ${becomes}; else ${sees} ${whose} own address.`;
}

/** Whether the client's packet goes back to the client. */
function isToItself({ conntrack }: Outcome): boolean {
  return conntrack?.replySource.address === conntrack?.originalSource.address;
}

/** `The pod sees`, or what can be said where another node may change the source again. */
function seesWords(passing: readonly Outcome[], context: Context): string {
  return isFinal(passing, context)
    ? `${capitalized(receiverWord(passing, context))} sees`
    : 'The packet leaves this node with';
}

/** Whether what leaves this node is what arrives, as far as it is followed: another node may change the source again. */
function isFinal(passing: readonly Outcome[], { onward }: Context): boolean {
  return passing.every((outcome) => {
    const next = onward(outcome);
    return next === null || (next.ends !== null && !next.sourceChanged);
  });
}

function seenSources(passing: readonly Outcome[]): readonly string[] {
  return [...new Set(passing.flatMap(({ source }) => (source ? [source.address] : [])))];
}

/** `the pod` where all that receive are known to be pods, `the endpoint` where a Service has them, else `the receiver`. */
function receiverWord(passing: readonly Outcome[], context: Context): string {
  const { catalog } = context;
  if (catalog.hasObjects && passing.every((outcome) => ownersOf(outcome, catalog).some(isPod)))
    return 'the pod';
  return passing.every((outcome) => isEndpoint(outcome, context)) ? 'the endpoint' : 'the receiver';
}

function isPod(owner: AddressOwner): boolean {
  return owner.kind === 'pod' && !owner.hostNetwork;
}

function ownersOf({ destination }: Outcome, catalog: Catalog): readonly AddressOwner[] {
  return destination === null ? [] : catalog.whoHas(destination.address);
}

/** Whether the receiver's address is an endpoint's: of the chain that sent the packet there, or of any. */
function isEndpoint(outcome: Outcome, { catalog, iptables, family }: Context): boolean {
  const step = translationOf(outcome);
  const own = step?.at.table === 'nat' ? iptables.ofChain(step.at.chain, family)?.endpoint : null;
  if (own?.inRules === true && own.address === outcome.destination?.address) return true;
  const port = step === null ? null : catalog.ofRule(step.at);
  const address = outcome.destination?.address;
  if (port?.endpoints.some((each) => each.inRules && each.address === address) === true) return true;
  return ownersOf(outcome, catalog).some(({ kind }) => kind === 'endpoint');
}

function sumOf(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, outcome) => sum + outcome.shareGivenAssumptions, 0);
}
