/** How a rule language takes part in the kernel: as calls at its hooks (include/linux/netfilter.h, struct nf_hook_ops). */
import type { Ending } from './end.ts';
import type { Family } from './flow.ts';
import type { Packet } from './packet.ts';
import type { SourceId } from './ruleAt.ts';
import type { Run } from './run.ts';
import type { DeviceHook, DeviceKind, HookName } from './trace.ts';

/** Priorities that have names: include/uapi/linux/netfilter_ipv4.h, enum nf_ip_hook_priorities; IPv6 has the same. */
export const priorities = {
  raw: -300,
  conntrack: -200,
  mangle: -150,
  destinationNat: -100,
  filter: 0,
  security: 50,
  sourceNat: 100,
} as const;

/** One thing that the kernel calls at a hook. */
export interface HookCall {
  readonly hook: HookName;
  /**
   * Lower ones are called first; of equal ones the one that was registered last (net/netfilter/core.c,
   * nf_hook_entries_grow). Of type `nat` it orders the chains of nat among themselves only.
   */
  readonly priority: number;
  /**
   * As nft names the types of base chains. `route`: where address, mark or TOS are others after a call in OUTPUT, the
   * packet is routed again. `nat`: asked only for the first packet of a connection, until one has translated it.
   */
  readonly type: 'filter' | 'route' | 'nat';
  /** Whose call it is, and what it is called there: `nat` of `iptables`, `ip kube-proxy` of `nft`. */
  readonly of: { readonly source: SourceId; readonly name: string };
  /** Its base chain, where that has a name of its own. */
  readonly chain?: string;
  /** How many rules its base chain has. */
  readonly rules: number;
  /**
   * It is called for each device that takes the packet in, before IP looks at it (nf_ingress), or sends it out, behind everything
   * (nf_hook_egress); `hook` is then PREROUTING or POSTROUTING.
   */
  readonly device?: DeviceHook;
  /** It pushes its `hook` step itself, where it has something to do; else the kernel does, before each call. */
  readonly announcesItself?: true;
  /**
   * Null when the packet goes on; a call that takes it away (NF_STOLEN) sends it on itself, and says where it came to. Pushes
   * what it does to `run.steps`. `by`: of a call with `device`, which device it is.
   */
  run(packet: Packet, run: Run, by?: DeviceKind): Ending | null;
}

/** A rule language with the rules of one node. */
export interface RuleMachine {
  /** In the order in which they are registered; empty where it has no rules of the family. */
  calls(family: Family): readonly HookCall[];
  /** Whether some rule makes the kernel track connections; without one, nobody's nat is asked. */
  tracksConnections(family: Family): boolean;
  /** Whether there is nothing of the family at all, not even an empty table. */
  isEmpty(family: Family): boolean;
  /** What is known to be missing of rules that are a part only, in brackets, or nothing; null where all are there. */
  lacking(family: Family): string | null;
  /** Of IPVS, so that what is done with a packet there is known: whether it balances what goes to an end. */
  readonly balances?: (protocol: number, address: bigint, port: number) => boolean;
  /** Builds now what the first packets would wait for. */
  prepare(): void;
}

/** Makes a call, and says so in the packet's steps. */
export function enter(call: HookCall, packet: Packet, run: Run, by?: DeviceKind): Ending | null {
  if (call.announcesItself !== true) announce(call, run);
  return call.run(packet, run, by);
}

/** Says that the rules of a call are asked from here on. */
export function announce({ hook, of, chain, rules }: Omit<HookCall, 'run'>, { steps }: Run): void {
  const { source, name: table } = of;
  if (chain === undefined) steps.push({ kind: 'hook', hook, source, table, rules });
  else steps.push({ kind: 'hook', hook, source, table, chain, rules });
}
