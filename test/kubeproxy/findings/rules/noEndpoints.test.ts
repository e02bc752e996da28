/** Service ports without endpoints of this node, by the rules of every age: a REJECT or DROP of filter, or the drop mark of KUBE-XLB. */
import { describe, expect, it } from 'vitest';
import { Dump } from './faults/dump.ts';
import { findingsIn } from './faults/fault.ts';

function withoutLocal(dump: Dump): readonly string[] {
  return findingsIn(dump)
    .flatMap(({ code, service }) => (code === 'no-local-endpoints' ? [service ?? ''] : []))
    .toSorted();
}

const outside = ['edge/extip-local-nolocal:http', 'edge/lb-local-nolocal:http', 'edge/np-local-nolocal:http'];

describe('no endpoint on this node', () => {
  it('is told of the same Services in rules of 1.36 and of 1.23', () => {
    for (const name of ['1.36.3', '1.23.4']) {
      expect(withoutLocal(Dump.of(name)), name).toEqual(expect.arrayContaining(outside));
    }
  });

  it('is told where KUBE-XLB marks the packet to be dropped, and not of a chain that nothing leads to', () => {
    const dump = Dump.of('1.23.4');
    const marks = findingsIn(dump).filter(
      ({ code, at }) =>
        code === 'no-local-endpoints' && at !== null && 'chain' in at && at.chain.startsWith('KUBE-XLB-'),
    );
    expect(marks).toHaveLength(4);
    const unled = dump.replaced(/^(-A KUBE-\S+ .*) -j KUBE-XLB-\w+$/, '$1');
    expect(unled === null ? null : withoutLocal(unled)).toEqual([]);
  });
});
