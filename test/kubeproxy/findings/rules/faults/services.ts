/** Service ports of a dump that a fault can be made in, found by what their lines say. */
import type { Dump } from './dump.ts';

export interface ServiceLines {
  /** `shop/three:http` */
  readonly name: string;
  /** The sixteen characters that its chains share. */
  readonly suffix: string;
  /** `KUBE-SEP-…`, in the order in which it balances. */
  readonly endpoints: readonly string[];
}

/** The first Service with a cluster IP that balances over `count` endpoints; with or without affinity. */
export function serviceOf(dump: Dump, count: number, sticky = false): ServiceLines | null {
  for (const line of dump.lines) {
    const found = /^-A KUBE-SERVICES .*--comment "(\S+) cluster IP".* -j KUBE-SVC-([A-Z2-7]{16})$/.exec(line);
    if (found === null) continue;
    const [, name = '', suffix = ''] = found;
    const own = dump.lines.filter((each) => each.startsWith(`-A KUBE-SVC-${suffix} `));
    const isSticky = own.some((each) => each.includes('-m recent'));
    const endpoints = own.flatMap((each) =>
      each.includes('-m recent') ? [] : (/-j (KUBE-SEP-\S+)$/.exec(each)?.[1] ?? []),
    );
    const isFor = /--dport (?:443|53|9153) /.test(line);
    if (!isFor && endpoints.length === count && isSticky === sticky) return { name, suffix, endpoints };
  }
  return null;
}

/** The first that a rule of this kind names: a chain, and the Service port that its rules are of. */
export function chainNaming(
  dump: Dump,
  pattern: RegExp,
): { readonly chain: string; readonly name: string } | null {
  const found = dump.find(pattern);
  return found === null ? null : { chain: found[1] ?? '', name: found[2] ?? '' };
}
