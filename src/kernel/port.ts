/** Null for protocols without ports; `'*'` where the kernel picked one at random. */
export type Port = number | '*' | null;
