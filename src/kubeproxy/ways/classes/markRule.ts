/** The rule of a Service's chain that marks whoever is no pod: it names the Service's own cluster IP. */

export interface MarkRule {
  /** `s 10.244.0.0/16`, `i veth+` */
  readonly who: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: string;
}

/** How such a rule ends. */
export const MARKED = ' -j KUBE-MARK-MASQ';

/** `-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.7.7/32 -p tcp -m comment -m tcp --dport 80 -j KUBE-MARK-MASQ` */
const MARKS =
  /^-A KUBE-SV[CL]-\S+ ! -([si] \S+) -d ([\da-f.:]+)\/(?:32|128) -p (\w+)(?: -m comment)? -m \3 --dport (\d+) -j KUBE-MARK-MASQ$/;

/** `words`: as `wordsOfRule` gives them; null for any other rule. */
export function readMark(words: string): MarkRule | null {
  const [, who, host, protocol, port] = MARKS.exec(words) ?? [];
  if (who === undefined || host === undefined || protocol === undefined) return null;
  return { who, host, port: Number(port), protocol };
}
