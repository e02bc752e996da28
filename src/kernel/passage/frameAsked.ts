/** Whether a frame at a port is addressed to the port itself, where the addresses of the two are not known. */
import { question } from '../answers.ts';
import { isForDevice } from '../frame.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';

/** What the node's files tell (`isForDevice`); else both answers are explored. */
export function askForDevice(packet: Packet, run: Run): boolean {
  const known = isForDevice(packet, run.node);
  if (known !== null) return known;
  const port = packet.input ?? 'the port';
  const claim = `the frame is addressed to ${port} itself, not to ${packet.portOf}`;
  return run.ask(
    question(`${run.scope}frame:${port}`, 'frame-assumed', `Whether ${claim} is not known.`, claim),
  );
}
