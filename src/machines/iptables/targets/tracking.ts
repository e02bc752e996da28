import { always, CONTINUE, type CompiledTarget, type TargetCompiler, targetOption } from './target.ts';

const doNotTrack: CompiledTarget = {
  act: (packet) => {
    // "Previously seen (loopback)? Ignore."
    if (packet.connection === null) packet.state = 'UNTRACKED';
    return { effect: { kind: 'notrack' }, control: CONTINUE };
  },
};

/** `-j NOTRACK` */
export const notrack: TargetCompiler = () => doNotTrack;

/** `-j CT --notrack`; its other options (zone, helper, timeout) change nothing that a trace looks at. */
export const ct: TargetCompiler = (target) =>
  targetOption(target, '--notrack') === null ? always({ kind: 'count' }, CONTINUE) : doNotTrack;
