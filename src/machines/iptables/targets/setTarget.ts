import { readSetDirections } from '../../../rules/iptables/values/sets.ts';
import type { Target } from '../../../rules/iptables/nodes.ts';
import { question } from '../../../kernel/answers.ts';
import { frameOf } from '../../../kernel/frame.ts';
import { changeSet, markInSet, type SetChange, type SetDirection } from '../../../kernel/node/ipset.ts';
import { SetChanges } from '../../../kernel/node/setChanges.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { type RuleContext, ruleWords } from '../matches/match.ts';
import { memberText, unknownPlace } from '../matches/set.ts';
import { valueIn } from '../matches/reading.ts';
import { CONTINUE, placeName, type TargetCompiler, targetOption, unknownEnd } from './target.ts';
import { notModelled } from './verdicts.ts';

interface NamedSet {
  readonly name: string;
  readonly directions: readonly SetDirection[];
}

/** `-j SET --add-set ban src --exist`, `--del-set`, `--map-set marks dst --map-mark`: xt_set.c, in this order. */
export const setTarget: TargetCompiler = (target, context) => {
  const [add, remove, map] = ['--add-set', '--del-set', '--map-set'].map((name) => setNamed(target, name));
  if (add === undefined || remove === undefined || map === undefined) return notModelled(target, context);
  const exist = targetOption(target, '--exist') !== null;
  const mapsMark = targetOption(target, '--map-mark') !== null;
  return {
    act: (packet, run) => {
      if (add !== null) change(packet, run, add, { kind: 'add', exist }, context);
      if (remove !== null) change(packet, run, remove, { kind: 'remove' }, context);
      if (map !== null && mapsMark) {
        const was = packet.mark;
        const isKnown = takeMark(packet, run, map, context);
        if (!isKnown) return unknownEnd(context, 'the mark that an ipset gives the packet is not known');
        return { effect: { kind: 'mark', was, is: packet.mark }, control: CONTINUE };
      }
      return { effect: { kind: 'count' }, control: CONTINUE };
    },
  };
};

/** Null without the option, undefined where its words make no sense. */
function setNamed(target: Target, name: string): NamedSet | null | undefined {
  const option = targetOption(target, name);
  if (option === null) return null;
  const [set, flags] = option.values;
  const directions = flags === undefined ? null : valueIn(readSetDirections(flags.text));
  return set === undefined || directions === null ? undefined : { name: set.text, directions };
}

function change(
  packet: Packet,
  run: Run,
  { name, directions }: NamedSet,
  what: SetChange,
  context: RuleContext,
): void {
  const changes = run.state(SetChanges);
  const frame = (): ReturnType<typeof frameOf> => frameOf(packet, run.node);
  const done =
    unknownPlace(packet, directions) ??
    changeSet(run.node, name, directions, packet, what, { changes, frame });
  if (typeof done === 'boolean') return;
  changes.guess(name, `${directions.join(',')} ${memberText(packet, directions)}`, what.kind === 'add');
  run.assume(
    `set-target:${placeName(context)}`,
    'set-not-followed',
    `${ruleWords(context)} changes ipset ${name}; what it holds then is followed for this packet’s own addresses only (${done.unknown}).`,
  );
}

/** Whether it is known what the packet’s mark is then. */
function takeMark(packet: Packet, run: Run, { name, directions }: NamedSet, context: RuleContext): boolean {
  const options = { changes: run.state(SetChanges), frame: () => frameOf(packet, run.node) };
  const mark = unknownPlace(packet, directions) ?? markInSet(run.node, name, directions, packet, options);
  if (mark === false || mark === null) return true;
  if ('unknown' in mark) {
    const claim = `ipset ${name} has a mark for the packet`;
    const message = `${ruleWords(context)} takes a mark from ipset ${name}; whether there is one is not known: ${mark.unknown}.`;
    return !run.ask(question(`map-set:${placeName(context)}`, 'ipset-unknown', message, claim));
  }
  packet.mark = ((packet.mark & ~mark.mask) ^ mark.value) >>> 0;
  return true;
}
