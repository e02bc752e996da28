/** Numbers with a form of their own: labels, classes, zones, groups, bytes, times of an estimator. */
import { MAX_16, MAX_32, readLongNumber, readNumber } from '../../../values/numbers.ts';
import { fault, type Reading, value } from '../../../values/reading.ts';

/** `--set-class 1:ffff`, as sscanf reads `%x:%x`: what stands behind is not looked at. */
export function readClass(text: string): Reading<string> {
  return /^[\t-\r ]*[-+]?(?:0x)?[\da-f]+:\s*[-+]?(?:0x)?[\da-f]+/i.test(text)
    ? value(text)
    : fault('is not of the form major:minor, such as 1:10');
}

/** `--zone 5`, `--zone mark` */
export function readZone(text: string): Reading<string> {
  return text === 'mark' || readNumber(text, MAX_16).kind === 'value'
    ? value(text)
    : fault('is not a zone from 0 to 65535, or "mark"');
}

/** `--src-group 0x1/0xf`, `--realm 10`; a name is looked up in a file of the host. */
export function readGroup(text: string): Reading<string> {
  const [number = '', mask, ...more] = text.split('/');
  if (readNumber(number, MAX_32).kind === 'fault') {
    const named = /^[a-z][\w-]*$/i.test(text);
    return fault(
      'is not a number, with a mask or without',
      named ? 'iptables looks it up in a file of /etc/iproute2' : null,
    );
  }
  if (mask === undefined) return value(text);
  return more.length === 0 && readNumber(mask, MAX_32).kind === 'value'
    ? value(text)
    : fault('has a mask that is not a number');
}

/** `--connbytes 100:2000`, either of which may be left out. */
export function readByteRange(text: string): Reading<string> {
  const ends = text.split(':');
  const [from = null, to = null] = ends.map((end) => (end === '' ? null : readLongNumber(end)));
  if (ends.length > 2 || text === '') return fault('is not of the form from:to');
  if (from?.kind === 'fault') return from;
  if (to?.kind === 'fault') return to;
  return from !== null && to !== null && from.value > to.value ? fault('ends before it begins') : value(text);
}

/** `--rateest-interval 250ms`: seconds, `s`, `ms` or `us`; of none microseconds. Whether the two fit is not looked at. */
export function readEstimatorTime(text: string): Reading<string> {
  return /^[\t-\r ]*[-+]?(?:\d+\.?\d*|\.\d+)(?:s|sec|secs|ms|msec|msecs|us|usec|usecs)?$/i.test(text)
    ? value(text)
    : fault('is not a time such as 250ms or 1s');
}

/** `|41 42|abc`, of up to 128 bytes. */
export function readHexString(text: string): Reading<string> {
  const parts = text.split('|');
  if (parts.length % 2 === 0) return fault('has a block of hex that does not end');
  const wrong = parts.find(
    (part, index) => index % 2 === 1 && !/^[\t-\r ]*[\da-f]{2}(?:\s*[\da-f]{2})*\s*$/i.test(part),
  );
  return wrong === undefined
    ? value(text)
    : fault('has between bars what is not bytes in hex, such as |0d 0a|');
}

/** Reads one number of `-c`, as `sscanf("%llu")` does: blanks, a sign, digits, and whatever follows. */
export function readCounter(text: string): Reading<string> {
  return /^[\t-\r ]*[+-]?\d/.test(text) ? value(text) : fault('does not begin with a number');
}

/** Reads the name of a list of `recent` or a table of `hashlimit`, which the kernel makes a file of. */
export function readProcName(text: string): Reading<string> {
  if (text.includes('/') || text === '.' || text === '..') return fault('is not a name that a file may have');
  return value(text);
}

/** XT_CONNLABEL_MAXBIT */
const LAST_LABEL = 127;

/** Reads `--label 5`; a name is looked up in a file of the host. */
export function readLabel(text: string): Reading<string> {
  if (readNumber(text, LAST_LABEL).kind === 'value') return value(text);
  return fault(
    `is not a label from 0 to ${LAST_LABEL}`,
    /^[\t-\r ]*[-+]?\d*$/.test(text) ? null : 'iptables looks it up in /etc/xtables/connlabel.conf',
  );
}
