/**
 * What the kernel counts rates in, and where it overflows: `user2credits` of net/netfilter/xt_limit.c and xt_hashlimit.c. It
 * depends on CONFIG_HZ, which no rule tells.
 */

/** The values of CONFIG_HZ that kernels for servers are built with. */
const HZ = [100n, 250n, 300n, 1000n];

const SECONDS_A_DAY = 86_400n;

/** XT_LIMIT_SCALE */
const LIMIT_SCALE = 10_000n;

/** XT_HASHLIMIT_SCALE_v2 */
const HASH_SCALE = 1_000_000n;

/** On which kernels a rate with a burst is refused since it overflows. */
export type Overflow = 'all' | 'some' | 'none';

/** Of `-m limit`: `average` in units of 1/10000 seconds a packet. */
export function limitOverflow(average: bigint, burst: bigint): Overflow {
  return overflows(32, average, burst, (user, hz) => {
    const credits = hz * powerBelow(0xffff_ffffn / (hz * SECONDS_A_DAY));
    return user > 0xffff_ffffn / credits ? (user / LIMIT_SCALE) * credits : (user * credits) / LIMIT_SCALE;
  });
}

/** Of `-m hashlimit` that counts packets: `average` in millionths of a second a packet. */
export function hashOverflow(average: bigint, burst: bigint): Overflow {
  return overflows(64, average, burst, (user, hz) => {
    const credits = hz * powerBelow(0xffff_ffff_ffff_ffffn / (hz * SECONDS_A_DAY));
    return HASH_SCALE >= credits ? user / (HASH_SCALE / credits) : user * (credits / HASH_SCALE);
  });
}

function overflows(
  bits: number,
  average: bigint,
  burst: bigint,
  credits: (user: bigint, hz: bigint) => bigint,
): Overflow {
  const total = BigInt.asUintN(bits, average * burst);
  const refusing = HZ.filter(
    (hz) => BigInt.asUintN(bits, credits(total, hz)) < BigInt.asUintN(bits, credits(average, hz)),
  );
  if (refusing.length === 0) return 'none';
  return refusing.length === HZ.length ? 'all' : 'some';
}

/** The largest power of two that is not above `number`. */
function powerBelow(number: bigint): bigint {
  return 1n << BigInt(number.toString(2).length - 1);
}
