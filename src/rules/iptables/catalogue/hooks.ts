/** Hooks that options ask for: `checkentry` of net/netfilter/xt_addrtype.c, xt_devgroup.c, xt_policy.c and xt_TCPMSS.c. */

/** Where it is known by which interface a packet came in. */
export const arriving: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD'];

/** Where it is known by which interface a packet goes out. */
export const leaving: readonly string[] = ['FORWARD', 'OUTPUT', 'POSTROUTING'];
