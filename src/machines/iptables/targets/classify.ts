/** `-j CLASSIFY --set-class 1:2`: net/netfilter/xt_CLASSIFY.c. */
import { CONTINUE, type TargetCompiler, targetValue } from './target.ts';
import { notModelled } from './verdicts.ts';

/** Two numbers of 16 bits in hex, as the priority has them. */
export const classify: TargetCompiler = (target, context) => {
  const [, major, minor] =
    /^([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(targetValue(target, '--set-class') ?? '') ?? [];
  if (major === undefined || minor === undefined) return notModelled(target, context);
  const priority = Number.parseInt(major, 16) * 0x10000 + Number.parseInt(minor, 16);
  return {
    act: (packet) => {
      packet.priority = priority;
      return { effect: { kind: 'count' }, control: CONTINUE };
    },
  };
};
