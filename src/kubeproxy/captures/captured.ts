import type { SeenPacket } from '../kernelTrace/events.ts';

/** A packet of a capture. */
export interface CapturedPacket {
  /** As the capture gives it: seconds of the day of a line, since the epoch of a file; null where it does not say. */
  readonly seconds: number | null;
  /** Its interface stands in `input` or `output` by its direction; where no direction is told, in `input`. */
  readonly packet: SeenPacket;
  /** Of a file that knows interfaces by number alone; null otherwise. */
  readonly interfaceIndex: number | null;
  readonly direction: 'in' | 'out' | null;
  /** A rule wrote it to the log: packets that came to no such rule are not there. */
  readonly isLogged: boolean;
}
