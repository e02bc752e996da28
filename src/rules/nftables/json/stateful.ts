/** `{ "counter": { "packets": 0, "bytes": 0 } }` and the others that keep a count. */
import type { StatefulStatement } from '../stateful.ts';
import { field, isTrue, itemsOf, type Json, numberOf, only, spanOf, textOf } from './tokens.ts';

/** `name`: the statement's, `json`: what it says. Null where it is not understood, and where it names an object. */
export function statefulOf(name: string, json: Json | null): StatefulStatement | null {
  if (json === null || json.type === 'string') return null;
  const over = isTrue(field(json, 'inv'));
  switch (name) {
    case 'counter':
      // A map that gives the counter's name, and no counter of the rule.
      if (json.type === 'object' && field(json, 'packets') === null) return null;
      return {
        kind: 'counter',
        packets: numberOf(field(json, 'packets')),
        bytes: numberOf(field(json, 'bytes')),
        ...spanOf(json),
      };
    case 'limit':
      return limitOf(json, over);
    case 'quota':
      return quotaOf(json, over);
    case 'last':
      return { kind: 'last', used: numberOf(field(json, 'used')), ...spanOf(json) };
    case 'ct count':
      return { kind: 'ct count', over, count: numberOf(field(json, 'val')) ?? 0, ...spanOf(json) };
    default:
      return null;
  }
}

/** Those of a list, each `{ "counter": … }`; what is not understood is left out. */
export function statefulsOf(json: Json | null): readonly StatefulStatement[] {
  return itemsOf(json).flatMap((each) => {
    const [name, value] = only(each) ?? [];
    const found = name === undefined || value === undefined ? null : statefulOf(name, value);
    return found === null ? [] : [found];
  });
}

/** The burst of a rate that says none: nft lists it in JSON alone. */
const BURST = 5;

function limitOf(json: Json, over: boolean): StatefulStatement | null {
  const rate = numberOf(field(json, 'rate'));
  if (rate === null) return null;
  const unit = textOf(field(json, 'rate_unit')) ?? 'packets';
  const burst = numberOf(field(json, 'burst'));
  const isSaid = burst !== null && burst !== (unit === 'packets' ? BURST : 0);
  return {
    kind: 'limit',
    over,
    rate,
    unit,
    per: textOf(field(json, 'per')) ?? 'second',
    burst: isSaid ? burst : null,
    burstUnit: isSaid ? (textOf(field(json, 'burst_unit')) ?? 'packets') : null,
    ...spanOf(json),
  };
}

function quotaOf(json: Json, over: boolean): StatefulStatement | null {
  const amount = numberOf(field(json, 'val')) ?? numberOf(field(json, 'bytes'));
  if (amount === null) return null;
  const used = numberOf(field(json, 'used'));
  const isSaid = used !== null && used > 0;
  return {
    kind: 'quota',
    over,
    amount,
    unit: textOf(field(json, 'val_unit')) ?? 'bytes',
    used: isSaid ? used : null,
    usedUnit: isSaid ? (textOf(field(json, 'used_unit')) ?? 'bytes') : null,
    ...spanOf(json),
  };
}
