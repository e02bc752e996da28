/** The ipsets of kube-proxy's IPVS mode: pkg/proxy/ipvs/proxier.go, ipsetInfo. Those of IPv6 are called `KUBE-6-…`, cut to 31 characters. */
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import { normalAddress } from '../../../values/address.ts';

/** A set's name is cut to so many characters: IPSET_MAXNAMELEN without its zero. */
const LONGEST = 31;

/** What sets hold, of one node. */
export class ProxySets {
  readonly #node: Pick<Node, 'ipsets'>;
  readonly #members = new Map<string, ReadonlySet<string>>();

  constructor(node: Pick<Node, 'ipsets'>) {
    this.#node = node;
  }

  /** Whether the sets of a family are known: what is in none of them is then of no kind. */
  isKnown(family: Family): boolean {
    return this.#node.ipsets?.has(setName('CLUSTER-IP', family)) === true;
  }

  /** Whether a set is there, and nothing in it. */
  isEmpty(family: Family, name: string): boolean {
    return this.#node.ipsets?.get(setName(name, family))?.entries.length === 0;
  }

  /** `entry`: `10.96.0.1,tcp:443`, `30080`. */
  has(family: Family, name: string, entry: string): boolean {
    return this.#of(setName(name, family)).has(entry);
  }

  /** The third dimension of entries that begin with `entry`: `198.51.100.0/24` of `203.0.113.17,tcp:80,198.51.100.0/24`. */
  behind(family: Family, name: string, entry: string): readonly string[] {
    const begin = `${entry},`;
    return [...this.#of(setName(name, family))].flatMap((each) =>
      each.startsWith(begin) ? [each.slice(begin.length)] : [],
    );
  }

  #of(name: string): ReadonlySet<string> {
    let members = this.#members.get(name);
    if (members === undefined) {
      const entries = this.#node.ipsets?.get(name)?.entries ?? [];
      members = new Set(entries.map(({ text }) => normalEntry(text)));
      this.#members.set(name, members);
    }
    return members;
  }
}

/** `CLUSTER-IP` → `KUBE-CLUSTER-IP`, `KUBE-6-CLUSTER-IP` */
export function setName(name: string, family: Family): string {
  return `KUBE-${family === 6 ? '6-' : ''}${name}`.slice(0, LONGEST);
}

/** With its address in one spelling. */
function normalEntry(text: string): string {
  const [address = '', ...rest] = text.split(',');
  return [normalAddress(address), ...rest].join(',');
}
