import { test } from 'vitest';
import { markUsesOf } from '../../../src/kubeproxy/marks/markUses.ts';
import type { Ruleset } from '../../../src/rules/iptables/nodes.ts';
import { dumpText } from '../dumps.ts';
import { expectSameByLines } from '../editedDumps.ts';

/** The rules of a dump that are about marks, and every tenth of the others. */
function mostlyMarks(dump: string): string {
  const lines = (dumpText(dump, 'iptables-save.txt') ?? '').split('\n');
  return lines
    .filter((line, index) => !line.startsWith('-A') || /mark/i.test(line) || index % 10 === 0)
    .join('\n');
}

function toldUses(ruleset: Ruleset): readonly string[] {
  return markUsesOf(ruleset).map(({ verb, bits, owner, table, chain, rule }) =>
    [verb, bits, owner, table, chain, rule.index].join(' '),
  );
}

const OTHERS = [
  '-A KUBE-SERVICES -m mark --mark 0x1/0x1 -j CONNMARK --save-mark',
  '-A PREROUTING -p tcp -j TPROXY --on-port 80 --tproxy-mark 0x200/0x200',
  '-A OUTPUT -m connmark --mark 0x2 -j MARK --set-mark 7',
];

test.each(['1.23.4', '1.36.3', '1.36.3-cni-plugins', '1.36.3-over-1.23.4'])(
  'the uses of marks in %s are the same by lines as rule by rule, after each of many edits, too',
  (dump) => {
    const text = mostlyMarks(dump);
    const others = Array.from({ length: 60 }, (_, index) => OTHERS[index % OTHERS.length]);
    expectSameByLines(text.replaceAll('COMMIT', `${others.join('\n')}\nCOMMIT`), toldUses);
  },
  30_000,
);
