/**
 * The words in which people say one end of a packet, taken apart: an address, a name, or somebody of a kind. What a name
 * stands for is looked up by who knows the rules (`sourceText.ts`, `destinationText.ts`) or a cluster's objects alone
 * (`choices/formEnds.ts`). Nothing is looked up here.
 */
import type { Family } from '../../values/address.ts';
import type { SourceKind } from '../../kernel/flow.ts';
import { readEndpoint, readPort } from './endpointText.ts';

/** What a name is said to be of. */
export type NamedKind = 'pod' | 'node' | 'service';

/** `shop/cart:http`, `svc/cart`, `cart.shop.svc.cluster.local:80`, `pod:client`; what is not said is null. */
export interface NameWords {
  readonly kind: 'name';
  readonly of: NamedKind | null;
  readonly namespace: string | null;
  readonly name: string;
  /** A number, or the name of a Service's port. */
  readonly port: string | null;
  /** A name of the cluster's DNS, or the host of a URL: a client asks for its address, then for any port there. */
  readonly dns: boolean;
  /** `web-0.web.shop` → `web-0`: DNS's name for one pod of a headless Service. */
  readonly host: string | null;
  /** As it was written, without its port: a name may be of another form than it looks like (`svc/cart` in a namespace `svc`). */
  readonly text: string;
}

export type EndWords =
  | {
      readonly kind: 'address';
      /** `pod:`, `external:`, `node:`; null where only the address was said. */
      readonly of: SourceKind | null;
      readonly family: Family;
      readonly address: string;
      readonly port: number | null;
    }
  /** `pod`, `external:443`, `node`, `:31080`: somebody of this kind, whatever the address. */
  | { readonly kind: 'somebody'; readonly of: SourceKind; readonly port: number | null }
  /** The sender's own loopback address. */
  | { readonly kind: 'localhost'; readonly port: number | null }
  | NameWords
  | { readonly kind: 'wrong'; readonly message: string };

/** Blanks around `text` do not count; an empty one is for the caller to answer. */
export function readEndWords(text: string): EndWords {
  const words = text.trim();
  const url = ofUrl(words);
  if (url !== null) return url;
  const [, prefix = '', rest] =
    /^(pods?|po|external|nodes?|no|svc|services?)(?:[:/](.*))?$/is.exec(words) ?? [];
  const isPrefix = prefix !== '' && (rest !== undefined || /^(?:pod|external|node)$/i.test(prefix));
  return isPrefix ? ofKind(kindNamed(prefix), rest ?? '', words) : ofBare(words);
}

/** https://www.iana.org/assignments/service-names-port-numbers, of the schemes that people paste. */
const schemePorts: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['ws', '80'],
  ['https', '443'],
  ['wss', '443'],
  ['amqp', '5672'],
  ['ftp', '21'],
  ['ldap', '389'],
  ['ldaps', '636'],
  ['mongodb', '27017'],
  ['mqtt', '1883'],
  ['mysql', '3306'],
  ['nats', '4222'],
  ['postgres', '5432'],
  ['postgresql', '5432'],
  ['redis', '6379'],
  ['rediss', '6379'],
  ['ssh', '22'],
]);

/** `http://user@web.shop:8080/path?q` → `web.shop:8080`; null for what is no URL. */
function ofUrl(text: string): EndWords | null {
  const [, scheme, authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(text) ?? [];
  if (scheme === undefined) return null;
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:$/, '');
  if (host === '') return wrong(`"${text}" names no host: give one, such as http://web.default/.`);
  const words = ofBare(host);
  const port = schemePorts.get(scheme.toLowerCase()) ?? null;
  if (words.kind === 'wrong' || words.port !== null || port === null) return asHost(words);
  return asHost(words.kind === 'name' ? { ...words, port } : { ...words, port: Number(port) });
}

function asHost(words: EndWords): EndWords {
  return words.kind === 'name' ? { ...words, dns: true } : words;
}

function kindNamed(prefix: string): SourceKind | 'service' {
  const lower = prefix.toLowerCase();
  if (lower === 'external') return 'external';
  if (lower.startsWith('s')) return 'service';
  return lower.startsWith('p') ? 'pod' : 'node';
}

function ofKind(of: SourceKind | 'service', rest: string, text: string): EndWords {
  if (of !== 'service' && (rest === '' || readPort(rest) !== null)) {
    // `pod:` with nothing behind it is not finished yet; the word alone means any pod.
    if (rest === '' && /[:/]$/.test(text)) return wrong(missingBehind(of, text));
    return { kind: 'somebody', of, port: readPort(rest) };
  }
  if (rest === '') return wrong(`A name is missing behind "${text}", such as svc/default/web.`);
  if (of === 'service') return named(rest, of, text) ?? wrong(`"${rest}" is not the name of a Service.`);
  const reading = readEndpoint(rest);
  if (reading.kind === 'endpoint') return { kind: 'address', of, ...reading.endpoint };
  return (of === 'external' || isNumeric(rest) ? null : named(rest, of, text)) ?? reading;
}

const examples: Readonly<Record<SourceKind, string>> = {
  pod: '10.244.1.7',
  external: '203.0.113.9',
  node: '192.168.0.2',
};

function missingBehind(of: SourceKind, text: string): string {
  return `An address is missing behind "${text}", such as ${of}:${examples[of]}.`;
}

/** `web.shop:8080/path`, a URL without its scheme, → `web.shop:8080`; `web:53/udp` is refused, since the protocol is another field. */
function ofPath(text: string): EndWords | null {
  const [, host, behind = ''] = /^([^/]+:\d+)\/(.*)$/s.exec(text) ?? [];
  if (host === undefined) return null;
  if (!/^(?:tcp|udp|sctp)$/i.test(behind)) return asHost(ofBare(host));
  return wrong(`Say the protocol by itself: "${host}", with ${behind.toLowerCase()} as the protocol.`);
}

function ofBare(text: string): EndWords {
  const path = ofPath(text);
  if (path !== null) return path;
  const [, local, port = null] = /^(localhost)?(?::?(\d+))?$/i.exec(text) ?? [];
  const number = port === null ? null : readPort(port);
  if (local !== undefined && (port === null || number !== null)) return { kind: 'localhost', port: number };
  if (local === undefined && number !== null) return { kind: 'somebody', of: 'node', port: number };
  if (port !== null) return wrong(`"${port}" is not a port: use a number from 1 to 65535.`);
  const reading = readEndpoint(text);
  if (reading.kind === 'endpoint') return { kind: 'address', of: null, ...reading.endpoint };
  return isNumeric(text) ? reading : (named(text, null, text) ?? reading);
}

/** `10.96.0.300`, `10.244.1.0/24`, `fe80::1%eth0`: meant as an address. */
function isNumeric(text: string): boolean {
  return /^[\d.:/]*$/.test(text) || /%|::|\[/.test(text) || /^[\da-f.:]*:[\da-f.:]*:[\da-f.:/]*$/i.test(text);
}

/** Null for what can be no name (RFC 1123). */
function named(given: string, of: NamedKind | null, text: string): NameWords | null {
  const [, first = '', second, port = null] = /^([\w.-]+)(?:\/([\w.-]+))?(?::([\w.-]+))?$/.exec(given) ?? [];
  if (first === '') return null;
  const whole = port === null ? text : text.slice(0, -port.length - 1);
  const common = { kind: 'name', of, port, host: null, text: whole } as const;
  if (second !== undefined) return { ...common, namespace: first, name: second, dns: false };
  if (of === null || of === 'service') {
    const dns = dnsName(first);
    if (dns !== null) return { ...common, ...dns, dns: true };
  }
  return { ...common, namespace: null, name: first, dns: false };
}

/**
 * `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local.`, `web-0.web.shop`; null for a name without dots. Any domain
 * may stand behind `svc`. https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
function dnsName(text: string): Pick<NameWords, 'host' | 'name' | 'namespace'> | null {
  const labels = text.toLowerCase().replace(/\.$/, '').split('.');
  const at = labels.indexOf('svc', 1);
  const own = at < 0 ? labels : labels.slice(0, at);
  const host = own.length === 3 ? own[0] : null;
  const [name, namespace] = own.slice(-2);
  if (own.length > 3 || own.length < 2 || name === undefined || namespace === undefined) return null;
  return { host: host ?? null, name, namespace };
}

function wrong(message: string): { readonly kind: 'wrong'; readonly message: string } {
  return { kind: 'wrong', message };
}
