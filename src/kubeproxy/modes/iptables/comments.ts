/** What kube-proxy writes into comments (k/k pkg/proxy/iptables/proxier.go, releases 1.10 to 1.36). */
import { splitPortName } from '../../services/portName.ts';

export type CommentKind =
  'clusterIP' | 'externalIP' | 'loadBalancerIP' | 'noEndpoints' | 'noLocalEndpoints' | 'healthCheck' | 'name';

export interface ServiceComment {
  /** As written, with the colon that an unnamed port has had up to 1.18: `default/web:http`, `default/web:`. */
  readonly name: string;
  readonly kind: CommentKind;
}

const endings: readonly (readonly [string, CommentKind])[] = [
  [' cluster IP', 'clusterIP'],
  [' external IP', 'externalIP'],
  [' loadbalancer IP', 'loadBalancerIP'],
  [' has no endpoints', 'noEndpoints'],
  [' has no local endpoints', 'noLocalEndpoints'],
  [' health check node port', 'healthCheck'],
];

/** What stands behind a name in the comments of dispatch chains. */
export const dispatchEndings: ReadonlySet<string> = new Set(endings.map(([ending]) => ending));

/** Texts around a name: `masquerade traffic for default/web:http external destinations`. */
const frames: readonly (readonly [string, string])[] = [
  ['masquerade traffic for ', ' external destinations'],
  ['pod traffic for ', ' external destinations'],
  ['masquerade LOCAL traffic for ', ' external destinations'],
  ['route LOCAL traffic for ', ' external destinations'],
  ['masquerade LOCAL traffic for ', ' LB IP'],
  ['route LOCAL traffic for ', ' LB IP to service chain'],
  ['other traffic to ', ' will be dropped by KUBE-PROXY-FIREWALL'],
];

/** Reads the comment of a rule; null where it names no Service port. */
export function readServiceComment(comment: string): ServiceComment | null {
  for (const [ending, kind] of endings) {
    if (comment.endsWith(ending)) return named(comment.slice(0, -ending.length), kind);
  }
  const blank = comment.indexOf(' ');
  if (blank < 0) return named(comment, 'name');
  const rest = comment.slice(blank);
  if (rest.startsWith(' -> ') || rest.startsWith(' traffic not accepted by ')) {
    return named(comment.slice(0, blank), 'name');
  }
  for (const [before, after] of frames) {
    if (comment.startsWith(before) && comment.endsWith(after)) {
      return named(comment.slice(before.length, -after.length), 'name');
    }
  }
  return null;
}

/** `default/web:http -> 10.244.1.5:8080` → `10.244.1.5:8080`; null for any other comment. */
export function endpointInComment(comment: string): string | null {
  const arrow = comment.indexOf(' -> ');
  return arrow < 0 ? null : comment.slice(arrow + ' -> '.length);
}

function named(name: string, kind: CommentKind): ServiceComment | null {
  return splitPortName(name) === null ? null : { name, kind };
}
