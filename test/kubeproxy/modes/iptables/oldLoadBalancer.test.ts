/** What the rules of releases up to 1.24 say of a load-balancer IP whose KUBE-FW marks to drop. */
import { describe, expect, it } from 'vitest';
import { fateWords } from '../../../../src/kubeproxy/words/frontendWords.ts';
import { rulesOnly } from '../../narrative/support.ts';

const CART = 'CARTCARTCARTCART';

function frontendOf(rules: readonly string[]) {
  const chains = new Set(rules.flatMap((rule) => /^-A (\S+)/.exec(rule)?.[1] ?? []));
  const text = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':KUBE-MARK-DROP - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ...[...chains].map((chain) => `:${chain} - [0:0]`),
    '-A PREROUTING -j KUBE-SERVICES',
    `-A KUBE-SERVICES -d 192.0.2.80/32 -p tcp -m comment --comment "shop/cart:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-${CART}`,
    ...rules,
    `-A KUBE-SVC-${CART} -j KUBE-SEP-ONEONEONEONEONEO`,
    '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:8080',
    '-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000',
    'COMMIT',
    '',
  ].join('\n');
  const frontend = rulesOnly(text).catalog.portNamed('shop/cart:http')?.frontends[0];
  if (frontend === undefined) throw new Error('no frontend');
  return frontend;
}

const pods = `-A KUBE-XLB-${CART} -s 10.244.0.0/16 -j KUBE-SVC-${CART}`;
const own = `-A KUBE-XLB-${CART} -m addrtype --src-type LOCAL -j KUBE-SVC-${CART}`;
const nobody = `-A KUBE-XLB-${CART} -m comment --comment "shop/cart:http has no local endpoints" -j KUBE-MARK-DROP`;

describe('a load-balancer IP without endpoints on this node', () => {
  it.each([
    [[pods, own], 'dropped, unless from pods or this node: no endpoints on this node'],
    [[pods], 'dropped, unless from pods: no endpoints on this node'],
    [[own], 'dropped, unless from this node: no endpoints on this node'],
    [[], 'dropped: no endpoints on this node'],
  ])('spares only whom its rules take aside', (aside, words) => {
    const frontend = frontendOf([
      `-A KUBE-FW-${CART} -j KUBE-XLB-${CART}`,
      `-A KUBE-FW-${CART} -j KUBE-MARK-DROP`,
      ...aside,
      nobody,
    ]);
    expect(fateWords(frontend)).toBe(words);
    expect(frontend.sourceRanges).toBeNull();
  });
});

describe('a source range behind the mark to drop', () => {
  it('is of no effect', () => {
    const frontend = frontendOf([
      `-A KUBE-FW-${CART} -s 198.51.100.0/24 -j KUBE-SVC-${CART}`,
      `-A KUBE-FW-${CART} -j KUBE-MARK-DROP`,
      `-A KUBE-FW-${CART} -s 203.0.113.0/24 -j KUBE-SVC-${CART}`,
      `-A KUBE-FW-${CART} -j KUBE-MARK-DROP`,
    ]);
    expect(frontend).toMatchObject({ sourceRanges: ['198.51.100.0/24'], lateRanges: ['203.0.113.0/24'] });
  });
});
