/** IPVS as calls at the kernel's hooks: net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops4 and ip_vs_ops6. */
import type { Ending } from '../../kernel/end.ts';
import type { Family } from '../../kernel/flow.ts';
import type { HookCall, RuleMachine } from '../../kernel/hookCall.ts';
import type { Node } from '../../kernel/node/node.ts';
import type { Packet } from '../../kernel/packet.ts';
import { IPVS } from '../../kernel/ruleAt.ts';
import type { Run } from '../../kernel/run.ts';
import type { HookName } from '../../kernel/trace.ts';
import type { IpvsRules } from '../../rules/ipvs/nodes.ts';
import { IpvsProgram, type IpvsSettings, isKnown } from './program.ts';
import { isErrorOfIpvs, takeErrorOfClient, takeReply } from './reply.ts';
import { takeRequest } from './request.ts';
import { vsSysctl } from './sysctls.ts';

type Take = (program: IpvsProgram, hook: HookName, packet: Packet, run: Run) => Ending | null;

const request: Take = (program, hook, packet, run) => {
  if (isErrorOfIpvs(packet)) return takeErrorOfClient(program, hook, packet, run);
  if (!isKnown(packet.protocol)) return leaveAlone(packet, run);
  return takeRequest(program, hook, packet, run);
};

/** "The only way we'll see this packet again is if it's encapsulated, so mark it": `-m ipvs` then finds it to be IPVS's. */
function leaveAlone(packet: Packet, run: Run): null {
  if (vsSysctl(run.node, 'ignore_tunneled') === 1) packet.balanced = { connection: null };
  return null;
}

/** Behind filter and before nat of INPUT; behind nat and before filter of OUTPUT; at the end of FORWARD. */
const standing: readonly { readonly hook: HookName; readonly priority: number; readonly take: Take }[] = [
  { hook: 'INPUT', priority: 98, take: takeReply },
  { hook: 'INPUT', priority: 99, take: request },
  { hook: 'OUTPUT', priority: -99, take: takeReply },
  { hook: 'OUTPUT', priority: -98, take: request },
  { hook: 'FORWARD', priority: 99, take: takeErrorOfClient },
  { hook: 'FORWARD', priority: 100, take: takeReply },
];

/** When it is done at each hook: its last priority there. */
export const ipvsPriorities: ReadonlyMap<HookName, number> = new Map(
  standing.map(({ hook, priority }) => [hook, priority]),
);

/** The virtual servers of one family on `node`. IPVS is there from the first one on, of whichever family. */
export function ipvsMachine(
  rules: IpvsRules,
  family: Family,
  node: Node,
  settings: IpvsSettings = {},
): RuleMachine {
  return new IpvsMachine(new IpvsProgram(rules, family, node, settings));
}

class IpvsMachine implements RuleMachine {
  readonly #program: IpvsProgram;

  constructor(program: IpvsProgram) {
    this.#program = program;
  }

  calls(family: Family): readonly HookCall[] {
    if (this.isEmpty(family)) return [];
    return standing.map(({ hook, priority, take }) => ({
      hook,
      priority,
      type: 'filter',
      of: { source: IPVS, name: IPVS },
      rules: this.#program.services.length,
      announcesItself: true,
      // What IPVS has had already it lets pass.
      run: (packet, run) => (packet.balanced === null ? take(this.#program, hook, packet, run) : null),
    }));
  }

  readonly balances = (protocol: number, address: bigint, port: number): boolean =>
    this.#program.find(0, protocol, address, port) !== null;

  /** IPVS takes part in connections that others track. */
  tracksConnections(): boolean {
    return false;
  }

  isEmpty(family: Family): boolean {
    return family !== this.#program.family || this.#program.services.length === 0;
  }

  lacking(): string | null {
    return null;
  }

  prepare(): void {
    // Virtual servers are found by their names from the start.
  }
}
