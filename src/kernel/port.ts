/** Null for protocols without ports; `'*'` where the kernel picked one at random. */
export type Port = number | '*' | null;

/** Stands, in the answer to a packet, for the port that the kernel picked; no rule asks for it. */
export const PICKED_PORT = 40000;
