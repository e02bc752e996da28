/** The type of what an expression gives. */
import type { Expression } from '../expressions.ts';
import { ctKeys, fibResults, ipsecKeys, metaKeys, osfKeys, rtKeys, socketKeys } from './keys.ts';
import { extensionHeaders, payloads } from './payloads.ts';

/** `ipv4_addr` for `ip saddr`; null where it depends on something else (a value, a map, a concatenation). */
export function typeOf(expression: Expression): string | null {
  switch (expression.kind) {
    case 'payload':
      return payloads.get(expression.protocol)?.get(expression.field)?.type ?? null;
    case 'meta':
      return metaKeys.get(expression.key) ?? null;
    case 'ct':
      return typeOfCt(expression.key);
    case 'fib':
      return fibResults.get(expression.result) ?? null;
    case 'rt':
    case 'socket':
    case 'osf':
    case 'ipsec':
      return typesOfLookups[expression.kind].get(expression.key) ?? null;
    case 'option':
      return extensionHeaders.get(expression.name)?.get(expression.field ?? '')?.type ?? 'integer';
    case 'binary':
      return typeOf(expression.left);
    case 'numgen':
    case 'jhash':
    case 'symhash':
    case 'raw':
      return 'integer';
    default:
      return null;
  }
}

const typesOfLookups = { rt: rtKeys, socket: socketKeys, osf: osfKeys, ipsec: ipsecKeys };

/** `ip saddr` of `ct original ip saddr` */
function typeOfCt(key: string): string | null {
  const [family, of] = key.split(' ');
  if (of === undefined) return ctKeys.get(key) ?? null;
  return family === 'ip' ? 'ipv4_addr' : 'ipv6_addr';
}
