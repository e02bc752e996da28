/** A rule language of a few lines: calls at any priority that mark, drop or translate what they see. */
import type { End } from '../../src/kernel/end.ts';
import type { Family } from '../../src/kernel/flow.ts';
import type { HookCall, RuleMachine } from '../../src/kernel/hookCall.ts';
import { manipulationOf } from '../../src/kernel/nat/natHook.ts';
import { setupNat } from '../../src/kernel/nat/setup.ts';
import type { Packet } from '../../src/kernel/packet.ts';
import type { Run } from '../../src/kernel/run.ts';
import type { Effect, HookName } from '../../src/kernel/trace.ts';

type Action =
  | { readonly kind: 'pass' | 'drop' }
  | { readonly kind: 'mark'; readonly mark: number }
  | { readonly kind: 'tos'; readonly tos: number }
  /** The first packets of each run are passed, those behind them dropped. */
  | { readonly kind: 'quota'; readonly packets: number }
  | { readonly kind: 'translate'; readonly address: bigint };

/** `OUTPUT -150 route` and what it does. */
export interface TestChain {
  readonly name: string;
  readonly at: string;
  readonly action: Action;
}

/** A machine whose chains of one rule each are registered from first to last. */
export function testMachine(
  chains: readonly TestChain[],
  { tracks = false, family = 4 }: { readonly tracks?: boolean; readonly family?: Family } = {},
): RuleMachine {
  return {
    calls: (asked) => (asked === family ? chains.map(callOf) : []),
    tracksConnections: (asked) => asked === family && tracks,
    isEmpty: (asked) => asked !== family || chains.length === 0,
    lacking: () => null,
    prepare: () => undefined,
  };
}

function callOf({ name, at, action }: TestChain): HookCall {
  const [hook = '', priority, type = 'filter'] = at.split(' ');
  return {
    hook: hookNamed(hook),
    priority: Number(priority),
    type: type === 'nat' || type === 'route' ? type : 'filter',
    of: { source: 'test', name },
    rules: 1,
    run: (packet, run) => {
      const { effect, end } = perform(action, { name, hook: hookNamed(hook) }, packet, run);
      const place = { source: 'test', table: name, chain: 'base', index: 0, span: { start: 0, end: 0 } };
      run.steps.push({ kind: 'rule', at: place, depth: 0, effect, chance: null });
      return end;
    },
  };
}

function hookNamed(name: string): HookName {
  const hook = (['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const).find(
    (each) => each === name,
  );
  if (hook === undefined) throw new Error(`no hook ${name}`);
  return hook;
}

/** How many packets have come by. */
class Seen {
  packets = 0;
}

interface Performed {
  readonly effect: Effect;
  readonly end: End | null;
}

function perform(
  action: Action,
  { name, hook }: { readonly name: string; readonly hook: HookName },
  packet: Packet,
  run: Run,
): Performed {
  const passed: Effect = { kind: 'count' };
  switch (action.kind) {
    case 'pass':
      return { effect: passed, end: null };
    case 'mark': {
      const was = packet.mark;
      packet.mark = action.mark;
      return { effect: { kind: 'mark', was, is: packet.mark }, end: null };
    }
    case 'tos': {
      const was = packet.tos;
      packet.tos = action.tos;
      return { effect: { kind: 'set', field: 'tos', was, is: packet.tos }, end: null };
    }
    case 'translate': {
      if (packet.connection === null) return { effect: passed, end: null };
      const address = { first: action.address, last: action.address };
      setupNat(
        packet,
        packet.connection,
        run,
        { address, ports: null, random: false, persistent: false },
        manipulationOf(hook),
      );
      return { effect: passed, end: null };
    }
    case 'quota': {
      const isOver = ++run.state(Seen).packets > action.packets;
      return isOver ? dropped(name) : { effect: passed, end: null };
    }
    default:
      return dropped(name);
  }
}

function dropped(name: string): Performed {
  const by = `${name}/base/0`;
  return {
    effect: { kind: 'drop' },
    end: { kind: 'end', verdict: 'drop', by, reason: null, rejectWith: null },
  };
}
