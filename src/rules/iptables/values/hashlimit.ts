/** The values of `-m hashlimit` (extensions/libxt_hashlimit.c, revision 3). */
import { fault, type Reading, value } from '../../../values/reading.ts';
import { hashOverflow, type Overflow } from './credits.ts';
import { secondsOf } from './rates.ts';

/** XT_HASHLIMIT_SCALE_v2: the kernel counts in millionths of a second. */
const SCALE = 1_000_000n;

/** XT_HASHLIMIT_BURST_MAX, of packets. */
const MOST_BURST = 1_000_000n;

const MAX_32 = 0xffff_ffffn;

/** XT_HASHLIMIT_BYTE_SHIFT: bytes count in steps of 16. */
const BYTE_SHIFT = 4n;

interface HashRate {
  readonly unit: 'packets' | 'bytes';
  /** The smallest burst beside it: bytes as the kernel rounds them; 1 of packets. */
  readonly leastBurst: bigint;
  /** Of packets, millionths of a second for each; null of bytes. */
  readonly average: bigint | null;
}

/** Reads `--hashlimit-upto`: `5`, `10/minute`, `512kb/s`, of which anything before `b/s` but `k` and `m` is a byte. */
export function readHashRate(text: string): Reading<HashRate> {
  const amount = BigInt(/^[\t-\r ]*[+]?(\d+)/.exec(text)?.[1] ?? 0);
  const bytes = text.indexOf('b/s');
  const isNegative = /^[\t-\r ]*-0*[1-9]/.test(text);
  if (bytes > 0 && (amount > 0n || isNegative))
    return isNegative ? tooFast() : readBytes(text, bytes, amount);
  const slash = text.indexOf('/');
  const seconds = slash < 0 ? 1 : secondsOf(text.slice(slash + 1));
  if (amount === 0n && !isNegative) return fault('is not a rate such as 5/sec, 3/hour or 512kb/s');
  if (seconds === null) return fault('is not a rate such as 5/sec, 3/hour or 512kb/s');
  const average = isNegative ? 0n : (SCALE * BigInt(seconds)) / amount;
  return average === 0n ? tooFast() : value({ unit: 'packets', leastBurst: 1n, average });
}

function readBytes(text: string, at: number, amount: bigint): Reading<HashRate> {
  const steps = BigInt.asUintN(64, amount * factorOf(text.charAt(at - 1))) >> BYTE_SHIFT;
  const divisor = BigInt.asUintN(32, BigInt.asUintN(32, steps) + 1n);
  // iptables divides by it.
  if (divisor === 0n) return tooFast();
  const cost = MAX_32 / divisor;
  return value({ unit: 'bytes', leastBurst: (MAX_32 / cost - 1n) << BYTE_SHIFT, average: null });
}

function tooFast(): Reading<HashRate> {
  return fault('is faster than the kernel can count');
}

/** Reads `--hashlimit-burst`: `20`, `512kb`, as the number of packets or bytes; what stands behind is not looked at. */
export function readHashBurst(text: string): Reading<bigint> {
  const found = /^[\t-\r ]*\+?(0x[\da-f]+|0[0-7]*|[1-9]\d*)(.?)/i.exec(text);
  const [, digits = '', behind = ''] = found ?? [];
  const amount = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const most = behind === '' ? MOST_BURST : 0xffff_ffff_ffff_ffffn;
  return found === null || amount === 0n || amount > most
    ? fault('is not a number from 1 to 1000000, or bytes such as 512kb')
    : value(BigInt.asUintN(64, amount * factorOf(behind)));
}

function factorOf(letter: string): bigint {
  return letter === 'm' ? 1_048_576n : letter === 'k' ? 1024n : 1n;
}

/** XT_HASHLIMIT_BURST: without `--hashlimit-burst`. */
const USUAL_BURST = 5n;

/** On which kernels a rate of packets overflows with its burst, null for the usual one; 'none' where one of the two is none. */
export function hashRateOverflow(rate: string, burst: string | null): Overflow {
  const { value: wanted } = { value: null, ...readHashRate(rate) };
  const { value: given } = { value: null, ...(burst === null ? value(USUAL_BURST) : readHashBurst(burst)) };
  return wanted?.average == null || given === null ? 'none' : hashOverflow(wanted.average, given);
}

/** Why a burst does not go with a rate; null where it does, or one of the two is none. */
export function whyNoBurst(rate: string, burst: string): string | null {
  const { value: wanted } = { value: null, ...readHashRate(rate) };
  const { value: given } = { value: null, ...readHashBurst(burst) };
  if (wanted === null || given === null) return null;
  if (wanted.unit === 'packets') return given > MOST_BURST ? `it is above ${MOST_BURST} packets` : null;
  // iptables divides by it.
  if (wanted.leastBurst === 0n) return `a rate of less than 16 bytes a second takes none`;
  return given < wanted.leastBurst
    ? `it is less than a second of the rate, ${wanted.leastBurst} bytes`
    : null;
}

/** Reads `--hashlimit-rate-interval`, as `atoi` does: what stands behind the number is not looked at. */
export function readInterval(text: string): Reading<number> {
  const digits = /^[\t-\r ]*[+]?(\d+)/.exec(text)?.[1] ?? '0';
  const seconds = Number(BigInt.asIntN(32, BigInt(digits)));
  return seconds > 0 ? value(seconds) : fault('is not a number of seconds');
}
