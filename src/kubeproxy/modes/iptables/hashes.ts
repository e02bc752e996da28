/**
 * The names that kube-proxy gives its chains. Source: k/k pkg/proxy/iptables/proxier.go (`portProtoHash`,
 * `servicePortChainNameBase`, `servicePortEndpointChainName`) and pkg/proxy/nftables/proxier.go (`hashAndTruncate`).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32 without padding; the last letter's missing bits are zero. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let buffer = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((buffer >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((buffer << (5 - bits)) & 31);
}

/** The sixteen characters that end the name of a chain in iptables mode: 80 bits of sha256. */
export function hash16(text: string): string {
  return base32(sha256(utf8ToBytes(text)).subarray(0, 10));
}

/** The eight characters in the name of a chain in nftables mode: 40 bits of sha256. */
function hash8(text: string): string {
  return base32(sha256(utf8ToBytes(text)).subarray(0, 5));
}

/** How a Service port may be spelled in a hash: an unnamed port has had its colon up to 1.18. */
export function servicePortSpellings(name: string): readonly string[] {
  return name.includes(':') ? [name] : [name, `${name}:`];
}

/** The suffix that KUBE-SVC-, KUBE-SVL-, KUBE-EXT-, KUBE-FW- and KUBE-XLB- share. `protocol` in lower case. */
export function serviceSuffix(name: string, protocol: string): string {
  return hash16(name + protocol);
}

/** The suffix of KUBE-SEP-. `endpoint` as `10.0.0.1:80` or `[fd00::1]:80`. */
export function endpointSuffix(name: string, protocol: string, endpoint: string): string {
  return hash16(name + protocol + endpoint);
}

export type NftablesChainKind = 'service' | 'local' | 'external' | 'endpoint' | 'affinity' | 'firewall';

/**
 * A chain of nftables mode: `service-ULMVA6XW-ns1/svc1/tcp/p80`. For an endpoint and its affinity set `endpoint` is
 * given: `endpoint-…-ns1/svc1/tcp/p80__10.180.0.1/80`, the colons of IPv6 written as dots.
 */
export function nftablesChainName(
  kind: NftablesChainKind,
  parts: {
    readonly namespace: string;
    readonly service: string;
    readonly protocol: string;
    readonly port: string;
  },
  endpoint?: { readonly address: string; readonly port: number },
): string {
  const service = `${parts.namespace}/${parts.service}/${parts.protocol}/${parts.port}`;
  const base =
    endpoint === undefined
      ? service
      : `${service}__${endpoint.address.replaceAll(':', '.')}/${endpoint.port}`;
  return `${kind}-${hash8(base)}-${base}`;
}
