// A ruleset as kube-proxy writes it in nftables mode (names and shapes of ../test/dumps/1.36.3-nftables), of any size, and flows through it.
import { nftablesChainName } from '../src/kubeproxy/modes/nftables/names.ts';

const ENDPOINTS = 3;

function serviceOf(index) {
  const parts = { namespace: `ns${index % 50}`, service: `svc-${index}`, protocol: 'tcp', port: 'http' };
  return {
    parts,
    address: `172.${16 + Math.floor(index / 62_500)}.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`,
  };
}

function endpointsOf(index, parts) {
  return Array.from({ length: ENDPOINTS }, (_, at) => {
    const address = `10.${100 + (Math.floor(index / 250) % 100)}.${index % 250}.${at + 2}`;
    return { address, chain: nftablesChainName('endpoint', parts, { address, port: 8080 }) };
  });
}

function chainsOf(index) {
  const { parts, address } = serviceOf(index);
  const endpoints = endpointsOf(index, parts);
  const balanced = endpoints.map(({ chain }, at) => `${at} : goto ${chain}`).join(', ');
  return [
    ...endpoints.map(
      ({ address: ip, chain }) =>
        `\tchain ${chain} {\n\t\tip saddr ${ip} jump mark-for-masquerade\n\t\tmeta l4proto tcp dnat to ${ip}:8080\n\t}\n`,
    ),
    `\tchain ${nftablesChainName('service', parts)} {\n\t\tip daddr ${address} tcp dport 80 ip saddr != 10.0.0.0/8 jump mark-for-masquerade\n\t\tnumgen random mod ${ENDPOINTS} vmap { ${balanced} }\n\t}\n`,
  ];
}

/** `nft list ruleset` of a node with so many Services, each with three endpoints. */
export function nftRuleset(count) {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const elements = indexes.map((index) => {
    const { parts, address } = serviceOf(index);
    return `${address} . tcp . 80 : goto ${nftablesChainName('service', parts)}`;
  });
  return [
    'table ip kube-proxy {',
    `\tmap service-ips {\n\t\ttype ipv4_addr . inet_proto . inet_service : verdict\n\t\telements = { ${elements.join(',\n\t\t\t     ')} }\n\t}\n`,
    '\tchain mark-for-masquerade {\n\t\tmeta mark set meta mark | 0x00004000\n\t}\n',
    '\tchain masquerading {\n\t\tmeta mark & 0x00004000 == 0x00000000 return\n\t\tmeta mark set meta mark ^ 0x00004000\n\t\tmasquerade fully-random\n\t}\n',
    ...indexes.flatMap(chainsOf),
    '\tchain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n\t}\n',
    ...[
      ['prerouting', 'dstnat', 'services'],
      ['output', '-100', 'services'],
      ['postrouting', 'srcnat', 'masquerading'],
    ].map(
      ([hook, priority, chain]) =>
        `\tchain nat-${hook} {\n\t\ttype nat hook ${hook} priority ${priority}; policy accept;\n\t\tjump ${chain}\n\t}\n`,
    ),
    '}\n',
  ].join('\n');
}

/** One to each Service, each from another address. */
export function nftFlows(count) {
  return Array.from({ length: count }, (_, index) => ({
    family: 4,
    from: {
      kind: 'pod',
      address: `10.9.${index % 250}.${(Math.floor(index / 250) % 250) + 1}`,
      port: 40_000,
    },
    to: { address: serviceOf(index).address, port: 80 },
    protocol: 'tcp',
  }));
}
