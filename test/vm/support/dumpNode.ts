/** A node as a real kube-proxy in IPVS mode left it: a folder with what was listed there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Family } from '../../../src/kernel/flow.ts';
import { recordsOf } from '../../../src/kernel/node/json.ts';
import { parseIpvs } from '../../../src/rules/ipvs/parser.ts';
import { formatAddress } from '../../../src/values/address.ts';
import type { IpvsNode } from './random/ipvsNode.ts';

const sample = fileURLToPath(new URL('../../../media/samples/ipvs-node', import.meta.url));

/** The sample, and what $KUBE_PROXY_DUMPS has beside it. */
export function dumpFolders(): readonly string[] {
  const dumps = process.env['KUBE_PROXY_DUMPS'] ?? '';
  const more = dumps === '' || !existsSync(dumps) ? [] : readdirSync(dumps).map((name) => join(dumps, name));
  return [sample, ...more.filter((folder) => existsSync(join(folder, 'ipvsadm-save.txt')))];
}

export function dumpNode(folder: string, family: Family): IpvsNode {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const ipvs = read('ipvsadm-save.txt');
  const frontends = parseIpvs(ipvs).services.flatMap(({ virtual }) =>
    virtual.kind === 'address' && virtual.address.family === family
      ? [{ address: formatAddress(virtual.address), port: virtual.port, protocol: virtual.protocol }]
      : [],
  );
  return {
    family,
    kind: 'of a real kube-proxy',
    ipvs,
    ipsets: read('ipset-save.txt'),
    rules: read(family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt'),
    sysctls: [
      ...read('sysctl.txt').matchAll(/^(net\.ipv4\.vs\.(?:conntrack|expire_\w+|conn_reuse_mode)) = (\d+)$/gm),
    ].map(([, name, value]) => `${name}=${value}`),
    addresses: addressesOf(read('ip-addr.json'), family),
    frontends,
  };
}

/** Those of kube-ipvs0. */
function addressesOf(text: string, family: Family): readonly string[] {
  const links: unknown = JSON.parse(text);
  const own = recordsOf({ links }, 'links').find((link) => link['ifname'] === 'kube-ipvs0');
  return recordsOf(own ?? {}, 'addr_info').flatMap((row) =>
    row['family'] === (family === 4 ? 'inet' : 'inet6') && row['scope'] === 'global'
      ? [String(row['local'])]
      : [],
  );
}
