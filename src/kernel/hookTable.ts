/** What is called at the hooks for packets of one family, in order: net/netfilter/core.c. */
import { runConntrack } from './conntrack/conntrackHook.ts';
import type { Ending } from './end.ts';
import type { Family } from './flow.ts';
import { enter, type HookCall, priorities, type RuleMachine } from './hookCall.ts';
import { manipulationOf, runNat } from './nat/natHook.ts';
import type { Packet } from './packet.ts';
import { routesAgain } from './passage/reroute.ts';
import type { Hooks, Run } from './run.ts';
import { type DeviceHook, type DeviceKind, type HookName, hookNames } from './trace.ts';

/** A call of a machine or of the kernel itself. */
interface Registered {
  readonly hook: HookName;
  readonly priority: number;
  readonly run: (packet: Packet, run: Run) => Ending | null;
}

export class HookTable implements Hooks {
  readonly #calls: Readonly<Record<HookName, readonly Registered[]>>;
  readonly #ofDevices: Readonly<Record<DeviceHook, readonly HookCall[]>>;

  constructor(machines: readonly RuleMachine[], family: Family) {
    const called = machines.flatMap((machine) => machine.calls(family));
    const own = called.filter(({ device }) => device === undefined);
    const of = (end: DeviceHook): readonly HookCall[] =>
      inOrder(called.filter(({ device }) => device === end));
    this.#ofDevices = { ingress: of('ingress'), egress: of('egress') };
    const tracks = (): boolean => machines.some((machine) => machine.tracksConnections(family));
    // In a restored dump conntrack is registered by a rule that needs it, behind the chains of its table.
    const all = inOrder([...registered(own), ...conntrackCalls(tracks)]);
    const at = (hook: HookName): readonly Registered[] => all.filter((call) => call.hook === hook);
    this.#calls = {
      PREROUTING: at('PREROUTING'),
      INPUT: at('INPUT'),
      FORWARD: at('FORWARD'),
      OUTPUT: at('OUTPUT'),
      POSTROUTING: at('POSTROUTING'),
    };
  }

  run(hook: HookName, packet: Packet, run: Run): Ending | null {
    for (const call of this.#calls[hook]) {
      const end = call.run(packet, run);
      if (end !== null) return end;
    }
    return null;
  }

  runDevice(end: DeviceHook, by: DeviceKind, packet: Packet, run: Run): Ending | null {
    for (const call of this.#ofDevices[end]) {
      const ending = enter(call, packet, run, by);
      if (ending !== null) return ending;
    }
    return null;
  }
}

/** As nf_hook_entries_grow leaves them: a new entry goes before those of its priority. */
function inOrder<T extends { readonly priority: number }>(calls: readonly T[]): readonly T[] {
  return calls.toReversed().toSorted((one, other) => one.priority - other.priority);
}

/** The first chain of type nat, at whatever hook, brings the kernel's nat to all of its four (nf_nat_register_fn). */
function registered(own: readonly HookCall[]): readonly Registered[] {
  const chains = own.filter((call) => call.type === 'nat');
  return own.flatMap((call) => {
    if (call.type === 'nat') return call === chains[0] ? natCalls(chains) : [];
    const { hook, priority } = call;
    if (call.type === 'route' && hook === 'OUTPUT') return [{ hook, priority, run: routesAgain(call) }];
    return [{ hook, priority, run: (packet, run) => enter(call, packet, run) }];
  });
}

function natCalls(chains: readonly HookCall[]): readonly Registered[] {
  return hookNames
    .filter((hook) => hook !== 'FORWARD')
    .map((hook) => {
      const own = inOrder(chains.filter((chain) => chain.hook === hook));
      const priority =
        manipulationOf(hook) === 'destination' ? priorities.destinationNat : priorities.sourceNat;
      return { hook, priority, run: (packet, run) => runNat(own, hook, packet, run) };
    });
}

function conntrackCalls(tracks: () => boolean): readonly Registered[] {
  return (['PREROUTING', 'OUTPUT'] as const).map((hook) => ({
    hook,
    priority: priorities.conntrack,
    run: (packet, run) => {
      if (tracks()) runConntrack(packet, run);
      return null;
    },
  }));
}
