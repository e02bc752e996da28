/**
 * Names that a listing without -n shows for addresses, and that mean the same on every machine: of /etc/hosts and
 * /etc/networks as Debian has them, of nss-myhostname, and of IANA in the DNS (224.0.0.0/8).
 */
import { lookup } from '../../../text/lookup.ts';

const NAMES4: Readonly<Record<string, string>> = lookup({
  default: '0.0.0.0',
  localhost: '127.0.0.1',
  loopback: '127.0.0.0',
  'link-local': '169.254.0.0',
  'base-address.mcast.net': '224.0.0.0',
  'all-systems.mcast.net': '224.0.0.1',
  'all-routers.mcast.net': '224.0.0.2',
});

const NAMES6: Readonly<Record<string, string>> = lookup({
  localhost: '::1',
  'ip6-localhost': '::1',
  'ip6-loopback': '::1',
  'ip6-localnet': 'fe00::',
  'ip6-mcastprefix': 'ff00::',
  'ip6-allnodes': 'ff02::1',
  'ip6-allrouters': 'ff02::2',
});

/** `loopback/8` → `127.0.0.0/8`; any other words as they are. */
export function numberedAddress(text: string, family: 4 | 6 | null): string {
  const [name = '', mask] = text.split('/');
  const address = (family === 6 ? NAMES6 : NAMES4)[name.toLowerCase()];
  if (address === undefined) return text;
  if (mask === undefined) return address;
  // So some resolvers call the whole network.
  return `${address === '127.0.0.1' && mask !== '32' ? '127.0.0.0' : address}/${mask}`;
}
