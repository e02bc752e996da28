/** What a rule does with a packet that it takes, in words. */
import type { Rule, Target } from '../../rules/iptables/nodes.ts';
import { canonicalName, optionWords } from '../../rules/iptables/names.ts';
import { matchNamed, matchOption, targetOption, valueOf } from './ruleView.ts';
import { hex, markOf, type WordsContext } from './clauses.ts';

/** A verb phrase: `drop`, `mark to masquerade`, `→ default/web:http`, `translate to 10.244.1.5:8080`. */
export function actionOf(rule: Rule, context: WordsContext): string {
  const { target } = rule;
  if (target === null) return recentAction(rule) ?? 'count only';
  if (target.kind === 'jump') {
    const read = actions.get(canonicalName(target));
    if (read !== undefined) return read(rule, context);
    if (target.definition !== null) return asWritten(target);
  }
  return jumpWords(target, context);
}

/** Whether the rule's target is a chain of its own table, and not a verdict or an extension. */
export function isJump(rule: Rule): boolean {
  const { target } = rule;
  if (target === null) return false;
  return target.kind === 'goto' || (!actions.has(canonicalName(target)) && target.definition === null);
}

function jumpWords(target: Target, context: WordsContext): string {
  const { text } = target.name;
  if (text === 'KUBE-MARK-MASQ') return 'mark to masquerade';
  if (text === 'KUBE-MARK-DROP') return 'mark to drop';
  const label = context.chainLabel?.(text) ?? text;
  return target.kind === 'goto' ? `→ ${label}, for good` : `→ ${label}`;
}

type Reader = (rule: Rule, context: WordsContext) => string;

/** A map, not an object: a chain may be called `toString`. */
const actions: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    ACCEPT: () => 'accept',
    DROP: () => 'drop',
    RETURN: () => 'return',
    QUEUE: () => 'hand to a userspace queue',
    REJECT: (rule) => `reject with ${option(rule, '--reject-with') ?? 'icmp-port-unreachable'}`,
    DNAT: (rule) => `translate to ${option(rule, '--to-destination') ?? '?'}`,
    SNAT: (rule) => `translate the source to ${option(rule, '--to-source') ?? '?'}`,
    MASQUERADE: (rule) => {
      const ports = option(rule, '--to-ports');
      return ports === null ? 'masquerade' : `masquerade with ports ${ports}`;
    },
    REDIRECT: (rule) => {
      const ports = option(rule, '--to-ports');
      return ports === null ? 'redirect to this node' : `redirect to this node, port ${ports}`;
    },
    NETMAP: (rule) => `map to network ${option(rule, '--to') ?? '?'}`,
    MARK: (rule, context) => markAction(rule, context),
    CONNMARK: (rule) => connmarkAction(rule),
    NOTRACK: () => 'do not track the connection',
    CT: (rule) => (targetOption(rule, '--notrack') === null ? plainly(rule) : 'do not track the connection'),
    LOG: (rule) => {
      const prefix = option(rule, '--log-prefix');
      return prefix === null ? 'log' : `log as ${JSON.stringify(prefix)}`;
    },
    NFLOG: (rule) => `log to group ${option(rule, '--nflog-group') ?? '0'}`,
    NFQUEUE: (rule) =>
      `hand to userspace queue ${option(rule, '--queue-num') ?? option(rule, '--queue-balance') ?? '0'}`,
    TPROXY: (rule) => {
      const port = option(rule, '--on-port') ?? '0';
      return `hand to the transparent socket on ${port === '0' ? 'the packet’s port' : `port ${port}`}`;
    },
    TCPMSS: (rule) =>
      targetOption(rule, '--clamp-mss-to-pmtu') === null
        ? `set the segment size to ${option(rule, '--set-mss') ?? '?'}`
        : 'clamp the segment size to the path',
    CHECKSUM: () => 'fill in the checksum',
    TTL: (rule) => plainly(rule),
    HL: (rule) => plainly(rule),
  }),
);

function option(rule: Rule, name: string): string | null {
  return valueOf(targetOption(rule, name));
}

function plainly(rule: Rule): string {
  return rule.target === null ? '' : asWritten(rule.target);
}

/** An extension nobody has words for, as iptables-save prints it. */
function asWritten(target: Target): string {
  return [canonicalName(target), ...target.options.map(optionWords)].join(' ');
}

/**
 * `--set-xmark V/M` makes the mark (mark & ~M) ^ V. kube-proxy sets its bit with V/V, and clears it with V/0 behind a
 * rule that lets only marked packets get there.
 */
function markAction(rule: Rule, context: WordsContext): string {
  const bit = context.masqueradeMark;
  const xmark = markOf(option(rule, '--set-xmark'));
  if (xmark !== null) {
    const { value, mask } = xmark;
    if (mask === 0 && value === bit && rule.chain.text === 'KUBE-POSTROUTING')
      return 'clear the masquerade mark';
    if (mask === 0) return `flip the mark’s bits ${hex(value)}`;
    if (value === bit && mask === bit) return 'set the masquerade mark';
    return setBits(value, mask);
  }
  const mark = markOf(option(rule, '--set-mark'));
  if (mark !== null) return setBits(mark.value, (mark.mask | mark.value) >>> 0);
  for (const [name, verb] of [
    ['--or-mark', 'set the mark’s bits'],
    ['--and-mark', 'keep of the mark the bits'],
    ['--xor-mark', 'flip the mark’s bits'],
  ] as const) {
    const bits = option(rule, name);
    if (bits !== null) return `${verb} ${bits}`;
  }
  return plainly(rule);
}

function setBits(value: number, mask: number): string {
  if (mask === 0xffffffff) return `set the mark to ${hex(value)}`;
  if (value === mask) return `set the mark’s bits ${hex(value)}`;
  return value === 0
    ? `clear the mark’s bits ${hex(mask)}`
    : `set the mark’s bits ${hex(mask)} to ${hex(value)}`;
}

function connmarkAction(rule: Rule): string {
  if (targetOption(rule, '--save-mark') !== null) return 'save the mark in the connection';
  if (targetOption(rule, '--restore-mark') !== null) return 'take the mark from the connection';
  const mark = option(rule, '--set-xmark') ?? option(rule, '--set-mark');
  return mark === null ? plainly(rule) : `mark the connection ${mark}`;
}

/** A rule without a target may still do something: `-m recent --set`. */
function recentAction(rule: Rule): string | null {
  return matchOption(matchNamed(rule, 'recent'), '--set') === null ? null : 'remember the client';
}
