/** Rulesets as people write them: what nft and the kernel refuse has a problem, what they load has none. Each is loaded, since `-c` is wrong at times. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemsOf } from '../../src/rules/nftables/checks/problemsOf.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { Namespace } from './support/namespace.ts';
import { blocks, rulesAt } from './support/nftables/handWritten.ts';
import { describeWithKernel } from './support/requirements.ts';

const HEAD = [
  '\tset s4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t}',
  '\tset dyn {\n\t\ttype ipv4_addr\n\t\tflags dynamic,timeout\n\t\ttimeout 5s\n\t}',
  '\tset ports {\n\t\ttype inet_service\n\t}',
  '\tchain sub {\n\t}',
].join('\n');

function textOf(place: string, rule: string): string {
  const [family, ...base] = place.split(' ');
  const hook = base.length === 0 ? '' : `\t\ttype ${base.join(' ')} priority 0\n`;
  return `table ${family} t {\n${HEAD}\n\tchain c {\n${hook}\t\t${rule}\n\t}\n}\n`;
}

const ofRules = Object.entries(rulesAt).flatMap(([place, rules]) =>
  rules.map((rule): [string, string] => [`${place}: ${rule}`, textOf(place, rule)]),
);
const ofBlocks = blocks.map((text): [string, string] => [text, text]);

describeWithKernel('rules of people', ['nft'], () => {
  let space: Namespace | null = null;
  beforeAll(() => {
    space = new Namespace('written');
    space.run(['ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1']);
  });
  afterAll(() => {
    space?.close();
  });

  test.each([...ofBlocks, ...ofRules])('%s', (_, text) => {
    const { status, stderr } = space?.attempt(['nft', '-f', '-'], text) ?? { status: 1, stderr: '' };
    if (status === 0) space?.run(['nft', 'flush', 'ruleset']);
    const told = problemsOf(parseRuleset(text)).map(({ message }) => message);
    expect(told.length > 0, `${stderr}\n${told.join('\n')}`).toBe(status !== 0);
  });
});
