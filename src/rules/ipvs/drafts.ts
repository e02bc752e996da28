/** The virtual servers of a text while it is read: what several lines or listings say of one comes together. */
import { formatAddress, prefixMask } from '../../values/address.ts';
import type { Span } from '../../text/span.ts';
import { virtualName } from './names.ts';
import type {
  IpvsConnection,
  IpvsProblem,
  IpvsProblemCode,
  RealServer,
  Virtual,
  VirtualServer,
} from './nodes.ts';

type Said = Omit<VirtualServer, 'servers' | 'start' | 'end' | 'virtual'>;

interface Draft extends Span {
  readonly virtual: Virtual;
  said: Said;
  readonly servers: Map<string, RealServer>;
}

/** What a line that says nothing of it leaves open. */
export const NOTHING_SAID: Said = {
  scheduler: null,
  schedulerFlags: [],
  persistence: null,
  onePacket: false,
  engine: null,
};

export class Drafts {
  readonly problems: IpvsProblem[] = [];
  /** Null until a list of them begins. */
  connections: IpvsConnection[] | null = null;
  readonly #drafts = new Map<string, Draft>();

  note(code: IpvsProblemCode, { start, end }: Span, detail: string): void {
    this.problems.push({ code, start, end, detail });
  }

  add(virtual: Virtual, { start, end }: Span, said: Said): void {
    const name = virtualName(virtual);
    const known = this.#drafts.get(name);
    if (known === undefined) this.#drafts.set(name, { virtual, start, end, said, servers: new Map() });
    else if (said.scheduler !== null) known.said = said;
  }

  /** False where there is no such virtual server. */
  addServer(virtual: Virtual, server: RealServer): boolean {
    const draft = this.#drafts.get(virtualName(virtual));
    if (draft === undefined) return false;
    const key = `${formatAddress(server.address)} ${server.port}`;
    const known = draft.servers.get(key);
    draft.servers.set(key, known === undefined ? server : joined(known, server));
    return true;
  }

  services(): readonly VirtualServer[] {
    return [...this.#drafts.values()].map(({ virtual, start, end, said, servers }) => ({
      virtual,
      start,
      end,
      ...said,
      servers: [...servers.values()],
    }));
  }
}

/** What counts as one client where no mask is said. */
export function wholeMask(virtual: Virtual): bigint {
  const family = virtual.kind === 'mark' ? virtual.family : virtual.address.family;
  return prefixMask(family, family === 4 ? 32 : 128);
}

function joined(one: RealServer, other: RealServer): RealServer {
  return {
    ...one,
    forwarding: other.forwarding ?? one.forwarding,
    weight: other.weight ?? one.weight,
    active: other.active ?? one.active,
    inactive: other.inactive ?? one.inactive,
    upper: other.upper ?? one.upper,
  };
}
