import { expect, test } from 'vitest';
import { regularChains } from '../../../../src/kubeproxy/modes/iptables/regular.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';

const [X, A, B] = ['SVC-X', 'SEP-A', 'SEP-B'].map((name) => `KUBE-${name.padEnd(20, 'A')}`);

/** A client goes back to an endpoint; a new one goes there with a probability. */
const back = (to = '', name = to): string =>
  `-A ${X} -m recent --rcheck --seconds 10800 --reap --name ${name} --mask 255.255.255.255 --rsource -j ${to}`;
const half = (to = ''): string => `-A ${X} -m statistic --mode random --probability 0.50000000000 -j ${to}`;
const rest = (to = ''): string => `-A ${X} -j ${to}`;

/** Whether the chain of a Service with these rules is as kube-proxy writes it. */
function isRegular(rules: readonly string[]): boolean {
  const endpoints = [A, B].map(
    (name, index) => `-A ${name} -p tcp -m tcp -j DNAT --to-destination 10.0.0.${index}:80`,
  );
  const chains = [X, A, B].map((name) => `:${name} - [0:0]`);
  const text = ['*nat', ...chains, ...rules, ...endpoints, 'COMMIT', ''].join('\n');
  const ruleset = parseRuleset(text);
  const [nat = null] = ruleset.tables;
  return [...regularChains(ruleset, nat).regular.keys()].some(({ name }) => name === X);
}

test.each<[string, readonly string[], boolean]>([
  ['balances', [half(A), rest(B)], true],
  ['remembers clients of all endpoints', [back(A), back(B), half(A), rest(B)], true],
  ['remembers clients of an endpoint that gets no new ones', [back(A), back(B), rest(A)], false],
  ['remembers clients of one of two', [back(A), half(A), rest(B)], false],
  ['remembers clients of one twice', [back(A), back(A), half(A), rest(B)], false],
  ['sends clients of one to the other', [back(A, B), back(B, A), half(A), rest(B)], false],
  ['remembers, and balances to none', [back(A), back(B)], false],
  ['asks the list behind the balancing', [half(A), rest(B), back(A), back(B)], false],
])('a chain that %s', (_, rules, regular) => {
  expect(isRegular(rules)).toBe(regular);
});
