/** The rules of iptables as calls at the kernel's hooks. */
import type { Family } from '../../kernel/flow.ts';
import type { HookCall, RuleMachine } from '../../kernel/hookCall.ts';
import type { Node } from '../../kernel/node/node.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { HookName } from '../../kernel/trace.ts';
import type { Ruleset } from '../../rules/iptables/nodes.ts';
import { knownChain } from '../../rules/iptables/parts/knownChains.ts';
import type { Part } from '../../rules/iptables/parts/part.ts';
import { beginningsOf } from './program/beginnings.ts';
import { Program } from './program/program.ts';
import { hooksOf, priorityOf, type TableName, tableNames } from './tables.ts';
import { walkChain } from './walk.ts';

export interface IptablesSettings {
  /** What the rules are called in steps. Default `iptables`, of IPv6 `ip6tables`. */
  readonly source?: SourceId;
  /** False walks long chains (for tests). Default true. */
  readonly indexed?: boolean;
}

/** The rules of one family on `node`. Tables of the other family in `ruleset` are left out. */
export function iptablesMachine(
  ruleset: Ruleset,
  family: Family,
  node: Node,
  { source = family === 4 ? 'iptables' : 'ip6tables', indexed = true }: IptablesSettings = {},
): RuleMachine {
  return new IptablesMachine(new Program(ruleset, { source, family, node, indexed }));
}

class IptablesMachine implements RuleMachine {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  calls(family: Family): readonly HookCall[] {
    if (family !== this.#program.family) return [];
    return tableNames.flatMap((table) =>
      hooksOf(table).flatMap((hook) => callOf(this.#program, table, hook) ?? []),
    );
  }

  tracksConnections(family: Family): boolean {
    return family === this.#program.family && this.#program.tracksConnections;
  }

  isEmpty(family: Family): boolean {
    return family !== this.#program.family || this.#program.isEmpty;
  }

  lacking(family: Family): string | null {
    const { part } = this.#program;
    return part === null || this.isEmpty(family) ? null : lackingWords(part);
  }

  prepare(): void {
    this.#program.prepare();
  }
}

function callOf(program: Program, table: TableName, hook: HookName): HookCall | null {
  const beginnings = beginningsOf(program, table, hook);
  const base = program.base(table, hook) ?? (beginnings.length > 0 ? program.chain(table, hook) : null);
  if (base === null) return null;
  const spot = { table, hook };
  return {
    hook,
    priority: priorityOf(table, hook, program.backend(table)),
    type: table === 'nat' ? 'nat' : table === 'mangle' && hook === 'OUTPUT' ? 'route' : 'filter',
    of: { source: program.source, name: table },
    rules: base.rules.length,
    run: (packet, run) => walkChain(program, base, packet, run, spot, beginnings),
  };
}

/** ` (KUBE-MARK-MASQ, KUBE-SEP-X and 3 more chains)`; empty where no name shows. */
function lackingWords({ absent }: Part): string {
  const passed = absent.filter((name) => knownChain(name)?.decides == null);
  const named = passed.slice(0, MOST_NAMED);
  const more = passed.length - named.length;
  const parts = more > 0 ? [...named, `${more} more chains`] : named;
  const last = parts.at(-1) ?? '';
  const list = parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
  return list === '' ? '' : ` (${list})`;
}

const MOST_NAMED = 4;
