import type { Address } from '../../values/address.ts';
import type { Traffic } from './traffic.ts';

/** What is looked up; `inputInterface` is the loopback interface for a packet that the node makes. */
export interface FibQuery {
  readonly destination: Address;
  readonly source: Address | null;
  readonly inputInterface: string;
  readonly outputInterface: string | null;
  readonly mark: number;
  readonly tos: number;
  /** IPv6: a route through this interface is better than its equals; with `strict` no other will do. */
  readonly through: string | null;
  readonly strict: boolean;
  /** What policy rules may ask beside. */
  readonly traffic: Traffic;
  /**
   * The look-up of `-m rpfilter`: routes over links that are down count, whatever the node's settings
   * (FIB_LOOKUP_IGNORE_LINKSTATE), and in IPv6 those through the wanted interface, whatever their metric (rt6_device_match).
   */
  readonly isReverse?: boolean;
  /** The node sends the packet itself (ip_route_output_key): of several default routes it may take any. */
  readonly isSent?: boolean;
}
