/** What statements are given: where they translate to, and the options of `log`. */
import { logLevels } from '../catalogue/constants.ts';
import { reservedWords } from '../catalogue/reserved.ts';
import type { Expression } from '../expressions.ts';
import type { LogStatement, NatStatement } from '../statements.ts';
import type { Problems } from './problem.ts';
import { checkValue, type ValueCheck } from './values.ts';

const PORT = [{ type: 'inet_service', bits: 16 }];

/** `dnat to 10.0.0.1:80`: an address of the family, and a port. What a map gives is looked at there. */
export function checkTarget(
  { family: own, address, port }: NatStatement,
  family: string,
  check: ValueCheck,
): void {
  const of = own ?? family;
  const isKnown = of === 'ip' || of === 'ip6';
  if (isKnown && address !== null && isWritten(address))
    checkValue(
      address,
      [of === 'ip' ? { type: 'ipv4_addr', bits: 32 } : { type: 'ipv6_addr', bits: 128 }],
      check,
    );
  if (port !== null && isWritten(port)) checkValue(port, PORT, check);
}

function isWritten({ kind }: Expression): boolean {
  return kind === 'value' || kind === 'range' || kind === 'prefix';
}

const numbers: ReadonlySet<string> = new Set(['group', 'snaplen', 'queue-threshold']);

export function checkLog({ options }: LogStatement, problems: Problems): void {
  for (const { name, value } of options) {
    if (numbers.has(name) && !/^(?:\d+|0x[\da-f]+)$/iu.test(value.text))
      problems.add('nft-syntax', value, `${name} of log is a number.`);
    if (name === 'level' && !logLevels.includes(value.text))
      problems.add('nft-value', value, `${value.text} is no level of log.`);
    if (name === 'prefix' && !value.quoted && reservedWords.has(value.text))
      problems.add('nft-syntax', value, `nft reads ${value.text} as a word of its own: write it in quotes.`);
  }
}
