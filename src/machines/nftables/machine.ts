/** The rules of nftables as calls at the kernel's hooks: net/netfilter/nf_tables_api.c, nft_chain_filter.c, nft_chain_route.c. */
import { absentNames } from '../../rules/nftables/checks/names.ts';
import { lookup } from '../../text/lookup.ts';
import type { Family } from '../../kernel/flow.ts';
import { announce, type HookCall, type RuleMachine } from '../../kernel/hookCall.ts';
import type { Node } from '../../kernel/node/node.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { DeviceHook, HookName } from '../../kernel/trace.ts';
import { priorityNumber } from '../../rules/nftables/catalogue/priorities.ts';
import { tableName } from '../../rules/nftables/chains.ts';
import type { Ruleset } from '../../rules/nftables/nodes.ts';
import { needsConntrack } from './program/needsConntrack.ts';
import { type DeviceEnd, deviceOf } from './program/devices.ts';
import { type CompiledChain, Program } from './program/program.ts';
import { walkChain } from './walk.ts';

export interface NftablesSettings {
  /** What the rules are called in steps. Default `nft`. */
  readonly source?: SourceId;
  /**
   * Machines of iptables-nft on the same node and of the same family. Their tables are in a listing of nft as well: they are
   * taken from these machines, and called where the listing has them. The machine that is made has the calls of both.
   */
  readonly beside?: readonly RuleMachine[];
}

/** The rules of one family on `node`: tables `ip` (or `ip6`), `inet` and `netdev`. Those of other families in `ruleset` are left out. */
export function nftablesMachine(
  ruleset: Ruleset,
  family: Family,
  node: Node,
  { source = 'nft', beside = [] }: NftablesSettings = {},
): RuleMachine {
  return new NftablesMachine(ruleset, { family, node, source, beside });
}

interface Given extends Required<NftablesSettings> {
  readonly family: Family;
  readonly node: Node;
}

class NftablesMachine implements RuleMachine {
  readonly #family: Family;
  readonly #beside: readonly RuleMachine[];
  readonly #ruleset: Ruleset;
  readonly #program: Program;
  /** Of the machines beside, by the table as nft names it. */
  readonly #others: ReadonlyMap<string, readonly HookCall[]>;
  #tracks: boolean | null = null;

  constructor(ruleset: Ruleset, { family, node, source, beside }: Given) {
    this.#family = family;
    this.#beside = beside;
    this.#ruleset = ruleset;
    this.#others = byTable(beside, family);
    this.#program = new Program(ruleset, {
      source,
      family,
      node,
      isElsewhere: (table) => this.#others.has(table),
    });
  }

  /** Tables of machines beside that the listing lacks are taken to be older than those that it has. */
  calls(family: Family): readonly HookCall[] {
    if (family !== this.#family) return [];
    const own = new Map(this.#program.tables.map((table) => [table.name, table]));
    const names = [...new Set(this.#ruleset.tables.map(tableName))];
    const before = [...this.#others].filter(([name]) => !names.includes(name)).flatMap(([, calls]) => calls);
    const listed = names.flatMap(
      (name) => this.#others.get(name) ?? own.get(name)?.bases.flatMap((base) => callOf(base) ?? []) ?? [],
    );
    return [...before, ...listed];
  }

  tracksConnections(family: Family): boolean {
    if (family !== this.#family) return false;
    // What a part of a listing lacks may.
    this.#tracks ??=
      this.#program.tables.some((table) => table.some(needsConntrack)) ||
      absentNames(this.#ruleset).length > 0;
    return this.#tracks || this.#beside.some((machine) => machine.tracksConnections(family));
  }

  isEmpty(family: Family): boolean {
    if (family !== this.#family) return true;
    return this.#program.tables.length === 0 && this.#beside.every((machine) => machine.isEmpty(family));
  }

  lacking(family: Family): string | null {
    const beside = this.#beside.map((machine) => machine.lacking(family)).find((lacking) => lacking !== null);
    return beside ?? unappliedWords(this.#ruleset);
  }

  prepare(): void {
    for (const machine of this.#beside) machine.prepare();
  }
}

function unappliedWords({ unapplied: [first], text }: Ruleset): string | null {
  if (first === undefined) return null;
  const words = text.slice(first.start, first.end);
  return `“${words}” is not followed: which rule it names is not in this text.`;
}

function byTable(machines: readonly RuleMachine[], family: Family): ReadonlyMap<string, readonly HookCall[]> {
  const found = new Map<string, HookCall[]>();
  for (const call of machines.flatMap((machine) => machine.calls(family))) {
    const name = `${family === 4 ? 'ip' : 'ip6'} ${call.of.name}`;
    const known = found.get(name);
    if (known === undefined) found.set(name, [call]);
    else known.push(call);
  }
  return found;
}

const hooks: Readonly<Record<string, HookName>> = lookup({
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
});

const types = ['filter', 'route', 'nat'] as const;

/** Further than any priority reaches (32 bits). */
const OUTERMOST = 2 ** 33;

/**
 * Hooks of a device: what comes in meets `ingress` before all others, what leaves meets `egress` behind them
 * (net/core/dev.c, nf_ingress and nf_hook_egress).
 */
const ofDevices: Readonly<
  Record<
    string,
    { readonly of: DeviceHook; readonly hook: HookName; readonly end: DeviceEnd; readonly offset: number }
  >
> = {
  ingress: { of: 'ingress', hook: 'PREROUTING', end: 'input', offset: -OUTERMOST },
  egress: { of: 'egress', hook: 'POSTROUTING', end: 'output', offset: OUTERMOST },
};

/** Null for a chain at a hook that no packet of a trace comes to, and for one that the kernel would not take. */
function callOf(chain: CompiledChain): HookCall | null {
  const { base, table } = chain;
  if (base === null) return null;
  const name = base.hook.text;
  const device = Object.hasOwn(ofDevices, name) ? ofDevices[name] : undefined;
  const hook = device?.hook ?? (Object.hasOwn(hooks, name) ? hooks[name] : undefined);
  const [family = ''] = table.name.split(' ');
  const priority = priorityNumber(family, base.priority);
  const type = types.find((each) => each === base.type.text);
  if (hook === undefined || priority === null || type === undefined) return null;
  const devices = base.devices.map(({ text }) => text);
  const place = `${table.name}/${chain.name}`;
  const called = {
    hook,
    priority: priority + (device?.offset ?? 0),
    type,
    of: { source: table.source, name: table.name },
    chain: chain.name,
    rules: chain.length,
  };
  return {
    ...called,
    ...(device === undefined ? {} : { device: device.of, announcesItself: true }),
    run: (packet, run, by) => {
      if (device === undefined) return walkChain(chain, packet, run, hook);
      const passed = deviceOf(devices, device.end, { packet, run, chain: place, by });
      if (passed === null) return null;
      announce(called, run);
      // Rules see the device itself, also where it is a bridge's port.
      const shown = packet[device.end];
      packet[device.end] = passed;
      if (device.end === 'input' && typeof shown === 'string' && shown !== passed) packet.portOf = shown;
      const end = walkChain(chain, packet, run, hook);
      packet[device.end] = shown;
      packet.portOf = null;
      return end;
    },
  };
}
