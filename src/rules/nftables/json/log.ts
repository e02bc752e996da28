/** `{ "log": { "prefix": … } }` */
import type { Word } from '../expressions.ts';
import type { LogStatement } from '../statements.ts';
import { field, itemsOf, type Json, numberOf, spanOf, wordOf } from './tokens.ts';

export function logOf(value: Json, whole: Json): LogStatement {
  const options: { name: string; value: Word }[] = [];
  for (const name of ['prefix', 'group', 'snaplen', 'queue-threshold', 'level', 'flags']) {
    for (const item of itemsOf(field(value, name))) {
      const word = wordOf(item, name === 'prefix') ?? numberWord(item);
      if (word !== null) options.push({ name, value: word });
    }
  }
  return { kind: 'log', options: withJoinedFlags(options), ...spanOf(whole) };
}

type LogOptions = LogStatement['options'];

/** Text has `tcp sequence,options` for `tcp sequence` and `tcp options`. */
function withJoinedFlags(options: LogOptions): LogOptions {
  const [first, second] = ['tcp sequence', 'tcp options'].map((text) =>
    options.find(({ value }) => value.text === text),
  );
  if (first === undefined || second === undefined) return options;
  const joined = { ...first, value: { ...first.value, text: 'tcp sequence,options', quoted: false } };
  return options.flatMap((each) => (each === first ? [joined] : each === second ? [] : [each]));
}

function numberWord(json: Json): Word | null {
  const number = numberOf(json);
  return number === null ? null : { text: String(number), quoted: false, ...spanOf(json) };
}
