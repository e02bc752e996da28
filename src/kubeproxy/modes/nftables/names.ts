/** The names that kube-proxy gives its chains in nftables mode. Source: k/k pkg/proxy/nftables/proxier.go (`hashAndTruncate`). */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base32 } from '../base32.ts';
import type { PortKey } from '../../services/evidence.ts';
import { type PortName, splitPortName } from '../../services/portName.ts';

/** The eight characters in the name of a chain in nftables mode: 40 bits of sha256. */
function hash8(text: string): string {
  return base32(sha256(utf8ToBytes(text)).subarray(0, 5));
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

/** A chain, or a set of remembered clients, of a Service port. */
export interface PortChain {
  readonly kind: NftablesChainKind;
  /** The eight letters in its name, which the chains of one port share; of an endpoint they are its own. */
  readonly hash: string;
  /** Null where the name is cut. */
  readonly name: PortName | null;
  /** Empty where the name is cut. */
  readonly protocol: string;
  /** Of an endpoint and its affinity: `10.180.0.1/80`; null for the others. */
  readonly endpoint: string | null;
}

const PORT_CHAIN = /^(service|local|external|endpoint|affinity|firewall)-([A-Z2-7]{8})-(.*)$/s;
/** `ns1/svc1/tcp/p80`, with `__10.180.0.1/80` behind it for an endpoint; the port of a Service's only one may have no name. */
const BASE = /^([^/]+)\/([^/]+)\/([a-z]+)\/([^/_]*(?:_(?!_)[^/_]*)*?)(?:__(.+))?$/s;

/** Null for a chain of no Service port. A name that is too long ends in `...`. */
export function readPortChain(chain: string): PortChain | null {
  const [, kind, hash, base] = PORT_CHAIN.exec(chain) ?? [];
  if (kind === undefined || hash === undefined || base === undefined) return null;
  const [, namespace, service, protocol, portName, endpoint] = BASE.exec(base) ?? [];
  const isCut = base.endsWith('...') || namespace === undefined || service === undefined;
  return {
    kind: kindOf(kind),
    hash,
    name: isCut ? null : { namespace, service, portName: portName ?? '' },
    protocol: isCut ? '' : (protocol ?? ''),
    endpoint: endpoint ?? null,
  };
}

/** The hash that a chain of this name should have; null for a chain of no Service port, and where the name is cut. */
export function hashOfChain(chain: string): string | null {
  const base = PORT_CHAIN.exec(chain)?.[3];
  return base === undefined || base.endsWith('...') ? null : hash8(base);
}

function kindOf(kind: string): NftablesChainKind {
  return kinds.find((each) => each === kind) ?? 'service';
}

const kinds = ['service', 'local', 'external', 'endpoint', 'affinity', 'firewall'] as const;

/** Of which a Service port has one chain each. */
export const kindsOfPorts = ['service', 'local', 'external', 'firewall'] as const;

/** `service-ULMVA6XW-ns1/svc1/tcp/p80`, by what the chains of a port share; not of a name that is cut. */
export function chainNameOf(
  kind: (typeof kindsOfPorts)[number],
  key: PortKey,
  { namespace, service, portName }: PortName,
  protocol: string,
): string {
  return `${kind}-${key}-${namespace}/${service}/${protocol}/${portName}`;
}

/** What the chains of a Service port share, of its name `default/web:http`; null for what is no such name. `protocol` in lower case. */
export function portKeyOf(name: string, protocol: string): PortKey | null {
  const parts = splitPortName(name);
  return parts === null ? null : keyOfPort(parts, protocol);
}

export function keyOfPort({ namespace, service, portName }: PortName, protocol: string): PortKey {
  return hash8(`${namespace}/${service}/${protocol}/${portName}`);
}
