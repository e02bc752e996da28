/**
 * HOT PATH, written for speed: what the chains of one Service port say, read from their lines as iptables-save writes those of
 * kube-proxy. To read the words of a Service's rules takes ten times as long. What is written in any other way is read word by word.
 */
import { hostInText } from '../../words/ruleView.ts';

/** A rule of a balancing chain. */
export type BalanceLine =
  /** Marks who is no pod. */
  | { readonly kind: 'mark' }
  /** Leads clients back that the endpoint has served; `seconds` as written. */
  | { readonly kind: 'remembered'; readonly to: string; readonly seconds: string }
  /** Leads on by chance; `probability` as written, null = always. */
  | { readonly kind: 'chance'; readonly to: string; readonly probability: string | null };

const COUNTERS = String.raw`^(?:\[\d+:\d+\] )?-A [\w-]+`;
const COMMENT = String.raw`(?: -m comment --comment "[^"\\]*")?`;

/**
 * `-A KUBE-SVC-X -m comment --comment "shop/web:http" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-Y --mask 255.255.255.255 --rsource -j KUBE-SEP-Y`,
 * `-A KUBE-SVC-X -m comment --comment "shop/web:http -> 10.244.1.5:8080" -m statistic --mode random --probability 0.5 -j KUBE-SEP-Y`
 */
const LEADS = new RegExp(
  [
    COUNTERS,
    COMMENT,
    String.raw`(?: -m recent --rcheck --seconds (\d+) --reap --name [\w-]+ --mask [\da-f.:]+ --rsource`,
    String.raw`| -m statistic --mode random --probability ([\d.]+))?`,
    String.raw` -j (KUBE-SEP-[A-Z2-7]{16})$`,
  ].join(''),
);

/** `-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.7.7/32 -p tcp -m comment --comment "…" -m tcp --dport 80 -j KUBE-MARK-MASQ` */
const MARKS = new RegExp(
  [
    COUNTERS,
    String.raw` ! -[si] \S+ -d [\da-f.:/]+ -p (tcp|udp|sctp)`,
    COMMENT,
    String.raw` -m \1 --dport \d+ -j KUBE-MARK-MASQ$`,
  ].join(''),
);

/** Null for a line of any other form. */
export function readBalanceLine(line: string): BalanceLine | null {
  const found = LEADS.exec(line);
  if (found === null) return MARKS.test(line) ? { kind: 'mark' } : null;
  const [, seconds, probability = null, to = ''] = found;
  return seconds === undefined ? { kind: 'chance', to, probability } : { kind: 'remembered', to, seconds };
}

/** The endpoint's chain that a rule of a balancing chain leads to; null where the line does not tell. */
export function endpointChainIn(line: string): string | null {
  return LEADS.exec(line)?.[3] ?? null;
}

/** What the two rules of an endpoint's chain say. */
export interface EndpointLines {
  /** `10.244.1.5:8080`, `[fd00::5]:8080` */
  readonly to: string;
  /** The one source whose packets are marked; null for a network. */
  readonly marked: string | null;
}

/** `-A KUBE-SEP-X -s 10.244.1.5/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ` */
const HAIRPIN = new RegExp(
  [COUNTERS, String.raw` -s ([\da-f.:]+/\d+)`, COMMENT, ' -j KUBE-MARK-MASQ$'].join(''),
);

/** `-A KUBE-SEP-X -p tcp -m comment --comment "shop/web:http" -m recent --set … -m tcp -j DNAT --to-destination 10.244.1.5:8080` */
const TRANSLATION = new RegExp(
  [
    COUNTERS,
    ' -p (tcp|udp|sctp)',
    COMMENT,
    String.raw`(?: -m recent --set --name [\w-]+ --mask [\da-f.:]+ --rsource)?`,
    String.raw` -m \1 -j DNAT --to-destination ([\da-f.:[\]]+)$`,
  ].join(''),
);

/** Null for a chain whose lines have any other form. */
export function readEndpointLines(first: string, second: string): EndpointLines | null {
  const source = HAIRPIN.exec(first)?.[1];
  const to = source === undefined ? undefined : TRANSLATION.exec(second)?.[2];
  return source === undefined || to === undefined ? null : { to, marked: hostInText(source) };
}
