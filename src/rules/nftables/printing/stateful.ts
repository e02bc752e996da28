/** `counter packets 0 bytes 0`, `limit rate 5/second` … as nft writes them. */
import type { LimitStatement, QuotaStatement, StatefulStatement } from '../stateful.ts';

export function printStateful(statement: StatefulStatement): string {
  const state = printState(statement);
  return state === '' ? statement.kind : `${statement.kind} ${state}`;
}

/** What stands behind the word, or within a named object. */
export function printState(statement: StatefulStatement): string {
  switch (statement.kind) {
    case 'counter':
      return statement.packets === null ? '' : `packets ${statement.packets} bytes ${statement.bytes ?? 0}`;
    case 'limit':
      return printLimit(statement);
    case 'quota':
      return printQuota(statement);
    case 'ct count':
      return `${statement.over ? 'over ' : ''}${statement.count}`;
    default:
      return statement.used === null ? '' : `used ${Math.round(statement.used)}s`;
  }
}

function printLimit({ over, rate, unit, per, burst, burstUnit }: LimitStatement): string {
  const amount = unit === 'packets' ? `${rate}` : `${rate} ${unit}`;
  const more = burst === null ? '' : ` burst ${burst} ${burstUnit ?? 'packets'}`;
  return `rate ${over ? 'over ' : ''}${amount}/${per}${more}`;
}

function printQuota({ over, amount, unit, used, usedUnit }: QuotaStatement): string {
  const more = used === null ? '' : ` used ${used} ${usedUnit ?? 'bytes'}`;
  return `${over ? 'over ' : ''}${amount} ${unit}${more}`;
}
