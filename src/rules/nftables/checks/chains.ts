/** Base chains: what types, hooks, priorities and policies a family has (nf_tables of Linux, nft 1.0.6). */
import { lookup } from '../../../text/lookup.ts';
import { priorityNumber } from '../catalogue/priorities.ts';
import type { BaseChain, Chain } from '../nodes.ts';
import type { Problems } from './problem.ts';

const INET_HOOKS: readonly string[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

const hooksOfFamilies: Readonly<Record<string, readonly string[]>> = lookup({
  ip: INET_HOOKS,
  ip6: INET_HOOKS,
  inet: [...INET_HOOKS, 'ingress'],
  bridge: INET_HOOKS,
  arp: ['input', 'output'],
  netdev: ['ingress', 'egress'],
});

const NAT_HOOKS: ReadonlySet<string> = new Set(['prerouting', 'input', 'output', 'postrouting']);

/** Standard names of priorities, and the hooks where nft takes them; others everywhere. */
const hooksOfPriorities: Readonly<Record<string, string>> = lookup({
  dstnat: 'prerouting',
  srcnat: 'postrouting',
});
const namesOfBridge: Readonly<Record<string, string>> = lookup({
  dstnat: 'prerouting',
  out: 'output',
  srcnat: 'postrouting',
});

export function checkChain({ base, policy, name }: Chain, family: string, problems: Problems): void {
  if (policy !== null) {
    if (policy.text !== 'accept' && policy.text !== 'drop')
      problems.add('nft-syntax', policy, 'A policy is accept or drop.');
    else if (base === null) problems.add('nft-misplaced', policy, 'Only a chain at a hook has a policy.');
  }
  if (name.text === '') problems.add('nft-syntax', name, 'A chain needs a name.');
  if (base !== null) checkBase(base, family, problems);
}

function checkBase({ type, hook, priority, devices }: BaseChain, family: string, problems: Problems): void {
  const hooks = hooksOfFamilies[family] ?? [];
  if (!hooks.includes(hook.text)) {
    problems.add('nft-misplaced', hook, `Family ${family} has no hook ${hook.text}.`);
    return;
  }
  const why = whyNotType(type.text, hook.text, family);
  if (why !== null) problems.add('nft-misplaced', type, why);
  const isOfDevice = hook.text === 'ingress' || hook.text === 'egress';
  if (devices.length > 0 && !isOfDevice)
    problems.add('nft-misplaced', hook, `A chain at ${hook.text} is of no device.`);
  if (isOfDevice && devices.length === 0)
    problems.add('nft-misplaced', hook, `A chain at ${hook.text} is of a device.`);
  const number = priorityNumber(family, priority);
  if (number === null || !isNameHere(priority.name, hook.text, family))
    problems.add(
      'nft-misplaced',
      priority,
      `Priority ${priority.name ?? ''} is not known at ${hook.text} of ${family}.`,
    );
  else if (type.text === 'nat' && number <= -200)
    problems.add(
      'nft-misplaced',
      priority,
      'A nat chain comes behind connection tracking, at more than -200.',
    );
}

function whyNotType(type: string, hook: string, family: string): string | null {
  switch (type) {
    case 'filter':
      return null;
    case 'nat':
      if (!['ip', 'ip6', 'inet'].includes(family)) return `Family ${family} has no nat chains.`;
      return NAT_HOOKS.has(hook) ? null : `A nat chain cannot be at ${hook}.`;
    case 'route':
      if (!['ip', 'ip6', 'inet'].includes(family)) return `Family ${family} has no route chains.`;
      return hook === 'output' ? null : 'A route chain is at output only.';
    default:
      return `${type} is no type of chain.`;
  }
}

function isNameHere(name: string | null, hook: string, family: string): boolean {
  if (name === null) return true;
  if (family === 'bridge') return namesOfBridge[name] === undefined || namesOfBridge[name] === hook;
  if (family === 'arp' || family === 'netdev') return name === 'filter';
  const only = hooksOfPriorities[name];
  return name !== 'out' && (only === undefined || only === hook);
}
