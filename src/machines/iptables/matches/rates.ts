/** The rates of `-m limit` and `-m hashlimit`, as far as packets use them up: xt_limit.c, xt_hashlimit.c. */
import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { readHashBurst, readHashRate, readInterval } from '../../../rules/iptables/values/hashlimit.ts';
import { readRate } from '../../../rules/iptables/values/rates.ts';
import { MAX_32, readNumber } from '../../../values/numbers.ts';
import type { Bucket } from '../state/buckets.ts';
import { valueOf } from './match.ts';
import { valueIn } from './reading.ts';

export interface RateLimit {
  readonly full: Pick<Bucket, 'left' | 'refills'>;
  /** Takes a packet of so many bytes out of the bucket; whether there was room for it. */
  readonly take: (bucket: Bucket, length: number) => boolean;
  /** Packets are taken by their length. */
  readonly ofBytes: boolean;
  /** The seconds after which there is room for one more packet. */
  readonly refill: number;
}

/** XT_LIMIT_AVG */
const USUAL_RATE = '3/hour';
/** XT_LIMIT_BURST, XT_HASHLIMIT_BURST */
const USUAL_BURST = 5;

/** Null for a rate that makes no sense. */
export function rateOfLimit(match: Match): RateLimit | null {
  const rate = valueIn(readRate(textOf(match, '--limit') ?? USUAL_RATE));
  const burst = textOf(match, '--limit-burst');
  const packets = burst === null ? USUAL_BURST : valueIn(readNumber(burst, MAX_32));
  return rate === null || packets === null ? null : ofPackets(packets, rate.seconds / rate.packets);
}

/** The same of the first of `--hashlimit-upto` and `--hashlimit-above` that is there. */
export function rateOfHashlimit(match: Match): RateLimit | null {
  const text = textOf(match, '--hashlimit-upto') ?? textOf(match, '--hashlimit-above') ?? '';
  const rate = valueIn(readHashRate(text));
  const given = textOf(match, '--hashlimit-burst');
  const burst = given === null ? null : valueIn(readHashBurst(given));
  if (rate === null || (given !== null && burst === null)) return null;
  const interval = textOf(match, '--hashlimit-rate-interval');
  const window = interval === null ? 1 : valueIn(readInterval(interval));
  if (window === null) return null;
  const measures = optionNamed(match.options, '--hashlimit-rate-match') !== null;
  if (rate.average !== null) {
    const packets = Number(burst ?? USUAL_BURST);
    const seconds = Number(rate.average) / MILLION;
    return measures
      ? measured(packets + Math.floor(1 / seconds), window, false)
      : ofPackets(packets, seconds);
  }
  const second = Number(rate.leastBurst);
  const refills = burst === null || second === 0 ? 0 : Math.ceil(Number(burst) / second);
  return measures
    ? measured(second * Math.max(1, refills), window, true)
    : stepsOf(second / STEP + 1, refills);
}

const MILLION = 1_000_000;
/** XT_HASHLIMIT_BYTE_SHIFT */
const STEP = 16;

function ofPackets(burst: number, refill: number): RateLimit {
  return {
    full: { left: burst, refills: 0 },
    take: (bucket) => {
      if (bucket.left < 1) return false;
      bucket.left--;
      return true;
    },
    ofBytes: false,
    refill,
  };
}

/** `hashlimit_byte_cost`: a packet costs no more than what there is for a second, `steps`. */
function stepsOf(steps: number, refills: number): RateLimit {
  return {
    full: { left: steps, refills },
    take: (bucket, length) => {
      const cost = Math.min(Math.floor(length / STEP) + 1, steps);
      if (bucket.left < cost && bucket.refills > 0) {
        bucket.refills--;
        bucket.left = steps;
      }
      if (bucket.left < cost) return false;
      bucket.left -= cost;
      return true;
    },
    ofBytes: true,
    refill: 0,
  };
}

/** `--hashlimit-rate-match`: what goes beyond the rate of an interval, in seconds, counts, too. */
function measured(most: number, interval: number, ofBytes: boolean): RateLimit {
  return {
    full: { left: most, refills: 0 },
    take: (bucket, length) => {
      bucket.left -= ofBytes ? length : 1;
      return bucket.left >= 0;
    },
    ofBytes,
    refill: interval,
  };
}

function textOf(match: Match, name: string): string | null {
  const option = optionNamed(match.options, name);
  return option === null ? null : valueOf(option);
}
