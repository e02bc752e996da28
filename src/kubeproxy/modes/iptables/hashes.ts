/**
 * The names that kube-proxy gives its chains. Source: k/k pkg/proxy/iptables/proxier.go (`portProtoHash`,
 * `servicePortChainNameBase`, `servicePortEndpointChainName`).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base32 } from '../base32.ts';

/** The sixteen characters that end the name of a chain in iptables mode: 80 bits of sha256. */
export function hash16(text: string): string {
  if (last.text !== text) last = { text, hash: base32(sha256(utf8ToBytes(text)).subarray(0, 10)) };
  return last.hash;
}

/** Of one text: a Service port is found by its hash, and its name then checked by the same one. */
let last = { text: '', hash: base32(sha256(utf8ToBytes('')).subarray(0, 10)) };

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
