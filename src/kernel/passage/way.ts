/** Where routing sends a packet: to this node, or out; `interface` undefined where it is not known. */
export interface Way {
  readonly kind: 'local' | 'forward';
  readonly interface: string | undefined;
  /** The node hears its own packet: broadcasts, and multicasts to a group that it has joined (RTCF_LOCAL). */
  readonly heard?: boolean;
  /** Nothing is known yet; who needs to know asks again with `guessing`. */
  readonly open?: boolean;
}
