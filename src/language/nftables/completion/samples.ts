/** Values that make a rule whole, by their type: what is offered is tried with them. */
import { lookup } from '../../../text/lookup.ts';
import { constantsOfTypes } from '../../../rules/nftables/catalogue/constants.ts';

const samples: Readonly<Record<string, string>> = lookup({
  integer: '1',
  ipv4_addr: '10.0.0.1',
  ipv6_addr: 'fd00::1',
  ether_addr: '02:00:00:00:00:01',
  inet_service: '80',
  inet_proto: 'tcp',
  ifname: '"lo"',
  iface_index: '"lo"',
  mark: '1',
  time: '1s',
  hour: '"10:00"',
  classid: '1:1',
  realm: '1',
  uid: '0',
  gid: '0',
  string: '"x"',
  devgroup: '1',
  ct_label: '1',
  tcp_flag: 'syn',
});

/** Null of a type that no value is known of. */
export function sampleOf(type: string | undefined): string | null {
  if (type === undefined) return null;
  const [first] = constantsOfTypes.get(type)?.keys() ?? [];
  return samples[type] ?? first ?? null;
}
