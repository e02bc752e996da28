import { findTarget } from '../../../rules/iptables/catalogue/targets.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Target } from '../../../rules/iptables/nodes.ts';
import type { RuleContext } from '../matches/match.ts';
import type { Surroundings } from '../program/surroundings.ts';
import { dscp, ecn, hl, tcpmss, tos, ttl } from './header.ts';
import { classify } from './classify.ts';
import { hmark } from './hmark.ts';
import { connmark, mark } from './marks.ts';
import { dnat, masquerade, netmap, redirect, snat } from './nat.ts';
import { dnpt, snpt } from './prefixes.ts';
import { nfqueue, queue } from './queue.ts';
import { reject } from './reject.ts';
import { always, type CompiledTarget, type TargetCompiler } from './target.ts';
import { setTarget } from './setTarget.ts';
import { synproxy } from './synproxy.ts';
import { tproxy } from './tproxy.ts';
import { ct, notrack } from './tracking.ts';
import {
  accept,
  counts,
  drop,
  logs,
  notHere,
  noTarget,
  notModelled,
  returns,
  rewrites,
  unknownTarget,
} from './verdicts.ts';

const verdicts: ReadonlyMap<string, TargetCompiler> = new Map([
  ['ACCEPT', accept],
  ['DROP', drop],
  ['RETURN', returns],
]);

/** Every target that is modelled; any other is an open question. */
const compilers: ReadonlyMap<string, TargetCompiler> = new Map([
  ['AUDIT', logs],
  ['CHECKSUM', counts],
  ['CLASSIFY', classify],
  ['CONNMARK', connmark],
  ['CONNSECMARK', counts],
  ['CT', ct],
  ['DNAT', dnat],
  ['DSCP', dscp],
  ['DNPT', dnpt],
  ['ECN', ecn],
  ['HL', hl],
  ['HMARK', hmark],
  ['IDLETIMER', counts],
  ['LED', counts],
  ['LOG', logs],
  ['MARK', mark],
  ['MASQUERADE', masquerade],
  ['NETMAP', netmap],
  ['NFLOG', logs],
  ['NFQUEUE', nfqueue],
  ['NOTRACK', notrack],
  ['QUEUE', queue],
  ['RATEEST', counts],
  ['REDIRECT', redirect],
  ['REJECT', reject],
  ['SECMARK', counts],
  ['SET', setTarget],
  ['SNAT', snat],
  ['SNPT', snpt],
  ['SYNPROXY', synproxy],
  ['TCPMSS', tcpmss],
  ['TCPOPTSTRIP', rewrites],
  ['TEE', logs],
  ['TOS', tos],
  ['TPROXY', tproxy],
  ['TRACE', logs],
  ['TTL', ttl],
  ['ULOG', logs],
]);

/** `-j CHAIN` or `-g CHAIN` by the bare name; null where that is not a chain, or may be something else as well. */
export function chainAt(
  kind: Target['kind'],
  name: string,
  { at, around }: RuleContext,
): CompiledTarget | null {
  if (findTarget(name) !== null || around.lacksDecision(at.table, name)) return null;
  return around.hasChain(at.table, name) ? toChain(kind, name) : null;
}

function toChain(kind: Target['kind'], chain: string): CompiledTarget {
  const way = { kind, chain } as const;
  return always(way, way);
}

/** Reads `-j` or `-g`. Never fails: what is not modelled becomes an open question. */
export function compileTarget(
  target: Target | null,
  context: RuleContext,
  around: Surroundings,
): CompiledTarget {
  if (target === null) return noTarget;
  const name = canonicalName(target);
  const verdict = target.kind === 'jump' ? verdicts.get(name) : undefined;
  if (verdict !== undefined) return verdict(target, context);
  if (around.lacksDecision(context.at.table, name)) return notHere(name, context);
  if (around.hasChain(context.at.table, name)) return toChain(target.kind, name);
  const known = compilers.get(name);
  if (known !== undefined) return known(target, context);
  return target.definition === null
    ? unknownTarget(name, context, 'a chain that is not in this dump')
    : notModelled(target, context);
}
