/** Which proxy stands between this machine and a server, by the variables that kubectl looks at too. */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Variables by their names, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `http://proxy:3128`; null = none. As in Go's httpproxy: never for this machine, lower case counts too. */
export function proxyFromEnvironment(server: string, env: Environment): string | null {
  const url = URL.parse(server);
  if (url === null) return null;
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = (env[name] ?? env[name.toLowerCase()] ?? '').trim();
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === '' || isThisMachine(host)) return null;
  const exceptions = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',');
  if (exceptions.some((each) => excepts(each.trim().toLowerCase(), host, url.port || '443'))) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** `*`, `10.0.0.0/8`, `10.1.2.3`, `example.com` and `.example.com` (its subdomains), each perhaps with a port. */
function excepts(exception: string, host: string, port: string): boolean {
  if (exception === '') return false;
  if (exception === '*') return true;
  const [, name = exception, onlyPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(exception) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  if (bare.includes('/')) return inRange(bare, host);
  if (bare === host) return true;
  if (isIP(host) !== 0) return false;
  return host.endsWith(bare.startsWith('.') || bare.startsWith('*.') ? bare.replace(/^\*/, '') : `.${bare}`);
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}
