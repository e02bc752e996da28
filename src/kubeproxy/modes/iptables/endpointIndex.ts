/**
 * HOT PATH, written for speed: two indexes over every endpoint chain of a family (50,000 and more). Only the end of a
 * rule's line is looked at, in the text; reading the rules' words would take ten times as long. What is found here is
 * used to look up the real rules, never as an answer.
 */
import { normalAddress } from '../../../values/address.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import type { Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import { readFamilyChain } from './roles.ts';

const CHAIN = 'KUBE-SEP-';
const JUMP = ` -j ${CHAIN}`;
const CHAIN_START = ' -j '.length;
const DESTINATION = '--to-destination ';

/** Endpoint chain → the suffixes of the Service ports that balance to it; kube-proxy makes it exactly one. */
export function ownersOfEndpoints(ruleset: Ruleset, nat: Table | null): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  const { text } = ruleset;
  for (const [name, chain] of nat?.chains ?? []) {
    if (!name.startsWith('KUBE-SV') && !name.startsWith('KUBE-XLB-')) continue;
    const suffix = readFamilyChain(name)?.suffix;
    if (suffix === undefined) continue;
    for (const rule of chain.rules) {
      const line = text.slice(rule.start, rule.end);
      const at = line.lastIndexOf(JUMP);
      if (at < 0 && !line.includes(CHAIN)) continue;
      const target = at < 0 ? (targetNameOf(rule) ?? '') : wordAt(line, at + CHAIN_START);
      if (!owners.has(target)) owners.set(target, suffix);
    }
  }
  return owners;
}

/** Address → the endpoint chains that translate to it. */
export function endpointChainsByAddress(
  ruleset: Ruleset,
  nat: Table | null,
): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, string[]>();
  const { text } = ruleset;
  for (const [name, chain] of nat?.chains ?? []) {
    if (!name.startsWith('KUBE-SEP-')) continue;
    for (const rule of chain.rules) {
      const line = text.slice(rule.start, rule.end);
      const at = line.lastIndexOf(DESTINATION);
      const word = at < 0 ? destinationOf(line, rule) : wordAt(line, at + DESTINATION.length);
      if (word === null) continue;
      const address = normalAddress(readHostPort(word).address);
      const known = chains.get(address);
      if (known === undefined) chains.set(address, [name]);
      else if (known.at(-1) !== name) known.push(name);
    }
  }
  return chains;
}

/** Of a rule in another spelling than iptables-save's. */
function destinationOf(line: string, rule: Rule): string | null {
  return line.includes('DNAT') ? valueOf(targetOption(rule, '--to-destination')) : null;
}

function wordAt(line: string, start: number): string {
  const end = line.indexOf(' ', start);
  return (end < 0 ? line.slice(start) : line.slice(start, end)).trim();
}
