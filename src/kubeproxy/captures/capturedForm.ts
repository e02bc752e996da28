/** A captured packet as a form, to be traced as any other. */
import type { FlowForm } from '../form/flowForm.ts';
import { formOfPacket } from '../kernelTrace/traceForm.ts';
import type { CapturedPacket } from './captured.ts';

/** What goes out, or has no direction, may be the node's own or forwarded: its address tells. */
export function formOfCaptured({ packet }: CapturedPacket): FlowForm {
  const form = formOfPacket(packet);
  return { ...form, from: form.from.replace(/^node:/, '') };
}
