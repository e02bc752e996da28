/** IPVS in the tree by hook: a row where it stands, and in it the virtual servers that it takes packets for. */
import type { Family } from '../../kernel/flow.ts';
import { hookNames } from '../../kernel/trace.ts';
import { IPVS, ipvsPlace } from '../../kernel/ruleAt.ts';
import { ipvsPriorities } from '../../machines/ipvs/machine.ts';
import { virtualName } from '../../rules/ipvs/names.ts';
import type { VirtualServer } from '../../rules/ipvs/nodes.ts';
import { formatAddress } from '../../values/address.ts';
import type { IpvsSource } from '../ipvsSource.ts';
import { plural } from '../narrative/words.ts';
import type { Catalog } from '../services/catalog.ts';
import { noRows, noted, rowsOf, rowWith, type RowList } from './rows.ts';
import type { TreeNode } from './tree.ts';

/** IPVS at one hook, and when the kernel calls it. */
export interface IpvsCall {
  readonly isIpvs: true;
  readonly hook: string;
  readonly priority: number;
}

/** Ids: `v:4:HOOK`, `v:4:HOOK:VIRTUAL SERVER`. */
export class IpvsHookRows {
  readonly #source: IpvsSource;
  readonly #catalog: () => Catalog;

  constructor(source: IpvsSource, catalog: () => Catalog) {
    this.#source = source;
    this.#catalog = catalog;
  }

  get families(): readonly Family[] {
    return this.#source.families;
  }

  /** Null where IPVS does nothing. */
  at(family: Family, hook: string): IpvsCall | null {
    const name = hookNames.find((each) => each === hook);
    const priority = name === undefined ? undefined : ipvsPriorities.get(name);
    if (priority === undefined || !this.families.includes(family)) return null;
    return { isIpvs: true, hook, priority };
  }

  row(family: Family, { hook }: IpvsCall): TreeNode {
    const count = plural(this.#servers(family).length, 'virtual server');
    return rowWith({
      id: `v:${family}:${hook}`,
      kind: 'table',
      label: 'IPVS',
      description:
        hook === 'FORWARD' ? `answers get the address of their virtual server` : `takes what is for ${count}`,
      hasChildren: hook !== 'FORWARD',
    });
  }

  children(family: Family, parent: string): RowList {
    const [, , hook = '', ...rest] = parent.split(':');
    if (rest.length > 0 || hook === 'FORWARD') return noRows;
    return rowsOf(this.#servers(family), (server) => this.#virtualServer(parent, server));
  }

  #servers(family: Family): readonly VirtualServer[] {
    return this.#source.rules.services.filter(
      ({ virtual }) => (virtual.kind === 'mark' ? virtual.family : virtual.address.family) === family,
    );
  }

  #virtualServer(parent: string, server: VirtualServer): TreeNode {
    const { virtual, scheduler, servers } = server;
    const name = virtualName(virtual);
    const port = this.#catalog().ofRule(ipvsPlace('ipvs', name, server));
    const called = port === null || port.nameSource === 'structure' ? '' : port.name;
    const able = servers.filter(({ weight }) => weight !== 0).length;
    const isRefused = able === 0;
    return rowWith({
      id: `${parent}:${name}`,
      kind: 'frontend',
      label: name,
      description: noted([
        called,
        scheduler ?? '',
        isRefused ? 'refused: no server takes it' : plural(able, 'server'),
      ]),
      badge: isRefused ? 'warning' : null,
      badgeReason: isRefused ? 'no server takes it' : null,
      at: { source: IPVS, span: server },
      ...(virtual.kind === 'mark'
        ? {}
        : { address: formatAddress(virtual.address), port: virtual.port, protocol: virtual.protocol }),
    });
  }
}
