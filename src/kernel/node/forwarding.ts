/** Whether the node passes packets on: ip_forward and its kin (Documentation/networking/ip-sysctl.rst). */
import type { Family } from '../../values/address.ts';
import type { Node } from './node.ts';
import { flagSysctl, numberSysctl } from './sysctls.ts';

const globals = { 4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding' } as const;

/** What switches it on for one interface, whatever the node does as a whole; in IPv4 it switches it off as well. */
const owns = { 4: 'forwarding', 6: 'force_forwarding' } as const;

/** Whether what comes in by the interface is forwarded; null where the snapshot does not say. */
export function forwardsFrom(node: Node, family: Family, inputInterface: string): boolean | null {
  const own = flagSysctl(node, family, inputInterface, owns[family], 'own');
  if (own !== null && (own || family === 4)) return own;
  const all = numberSysctl(node, globals[family]);
  return all === null ? null : all !== 0;
}

/** As `forwardsFrom`, where the interface is not known: false where no interface forwards, null where some may. */
export function forwardsAtAll(node: Node, family: Family): boolean | null {
  const all = numberSysctl(node, globals[family]);
  if (all !== 0) return all === null ? null : true;
  const names = interfaceNames(node, family);
  return names.some((name) => flagSysctl(node, family, name, owns[family], 'own') === true) ? null : false;
}

function interfaceNames({ sysctls }: Node, family: Family): readonly string[] {
  const form = new RegExp(String.raw`^net\.ipv${family}\.conf\.(.+)\.${owns[family]}$`);
  return [...(sysctls?.keys() ?? [])].flatMap((name) => {
    const found = form.exec(name)?.[1];
    return found === undefined || found === 'all' || found === 'default' ? [] : found.replaceAll('/', '.');
  });
}
