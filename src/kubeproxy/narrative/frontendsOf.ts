import type { Flow } from '../../kernel/flow.ts';
import type { Catalog } from '../services/catalog.ts';

/** The frontends that a packet may be sent to: those of its address, then node ports. */
export function frontendsOf({ to, protocol }: Flow, catalog: Catalog): ReturnType<Catalog['frontendsAt']> {
  if (to.port === null) return [];
  return [
    ...catalog.frontendsAt(to.address, to.port, protocol),
    ...catalog.frontendsAt(null, to.port, protocol),
  ];
}
