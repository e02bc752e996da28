/** Who uses which bits of the mark: the table, and what a trace says where one owner takes another's mark away. */
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { markTableOf, readMarkQuery } from '../../../src/kubeproxy/marks/markTable.ts';
import { rulesOnly, sentences } from '../narrative/support.ts';

function shown(analysis: Analysis, wanted: number | null = null): readonly string[] {
  const table = markTableOf(analysis, 4, wanted);
  return (table?.rows ?? []).map(({ bits, name, owner, does, places }) =>
    [bits, name, owner, does, places.map(({ text }) => text).join(', ')].join(' | '),
  );
}

/** kube-proxy's own rules about its mark, and what else there is. */
function node(nat: readonly string[], filter: readonly string[], mangle: readonly string[] = []): Analysis {
  return rulesOnly(
    [
      '*mangle',
      ':PREROUTING ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ...mangle,
      'COMMIT',
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':POSTROUTING ACCEPT [0:0]',
      ':KUBE-MARK-MASQ - [0:0]',
      ':KUBE-POSTROUTING - [0:0]',
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-SVC-CARTCARTCARTCART - [0:0]',
      ':KUBE-SEP-ONEONEONEONEONEO - [0:0]',
      '-A PREROUTING -j KUBE-SERVICES',
      '-A POSTROUTING -j KUBE-POSTROUTING',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
      '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
      '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
      '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
      '-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-CARTCARTCARTCART',
      '-A KUBE-SVC-CARTCARTCARTCART -j KUBE-SEP-ONEONEONEONEONEO',
      '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:8080',
      ...nat,
      'COMMIT',
      '*filter',
      ':FORWARD ACCEPT [0:0]',
      ':KUBE-FORWARD - [0:0]',
      ...filter,
      '-A FORWARD -j KUBE-FORWARD',
      '-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT',
      'COMMIT',
      '',
    ].join('\n'),
  );
}

const kubeProxy = [
  '0x4000 | masquerade mark | kube-proxy | sets | KUBE-MARK-MASQ 1 (nat)',
  '0x4000 | masquerade mark | kube-proxy | flips | KUBE-POSTROUTING 2 (nat)',
  '0x4000 | masquerade mark | kube-proxy | reads | KUBE-POSTROUTING 1 (nat), KUBE-FORWARD 1 (filter)',
];

describe('the table of marks', () => {
  it('names who sets, clears and reads, bits by bits', () => {
    const analysis = node(
      [],
      [
        ':cali-FORWARD - [0:0]',
        '-A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000',
        '-A cali-FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT',
        '-A cali-FORWARD -j CONNMARK --save-mark --nfmask 0xf00 --ctmask 0xf00',
        '-A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -j MARK --set-xmark 0x10000/0x10000',
        '-A FORWARD -m connmark --mark 0x1/0x1 -j ACCEPT',
      ],
    );
    expect(shown(analysis)).toEqual([
      '0x1 |  | unknown | reads on the connection | FORWARD 2 (filter)',
      '0xf00 |  | Calico | saves to the connection | cali-FORWARD 3 (filter)',
      ...kubeProxy,
      '0x10000 |  | Calico | sets | FORWARD 1 (filter)',
      '0x10000 |  | Calico | reads | cali-FORWARD 2 (filter)',
      '0xe0000 |  | Calico | clears | cali-FORWARD 1 (filter)',
    ]);
    expect(shown(analysis, 0x4000)).toEqual(kubeProxy);
    expect(markTableOf(analysis, 4)?.clashes).toEqual([]);
  });

  it('says where two owners want the same bit', () => {
    const analysis = node([], [':cali-FORWARD - [0:0]', '-A cali-FORWARD -j MARK --set-xmark 0x0/0xc000']);
    expect(markTableOf(analysis, 4)?.clashes).toEqual([
      'cali-FORWARD 1 (filter), of Calico, clears 0x4000, which kube-proxy sets for itself.',
    ]);
  });

  it('says who writes over the whole mark', () => {
    const analysis = node([], [], ['-A FORWARD -j MARK --set-mark 0x1']);
    expect(shown(analysis)[0]).toBe('0x1 |  | unknown | sets, over the whole mark | FORWARD 1 (mangle)');
    expect(markTableOf(analysis, 4)?.clashes).toEqual([
      'FORWARD 1 (mangle), whose owner is not known, writes over 0x4000, which kube-proxy sets for itself.',
    ]);
  });

  it.each([
    ['marks', { wanted: null }],
    ['0x4000', { wanted: 0x4000 }],
    ['16384', { wanted: 0x4000 }],
    ['0x0/0xc000', { wanted: 0xc000 }],
    ['KUBE-SERVICES', null],
    ['', null],
    ['0', null],
  ])('is asked for by %s', (text, query) => {
    expect(readMarkQuery(text)).toEqual(query);
  });
});

describe('a mark that another owner takes away', () => {
  const form = { from: 'pod:10.244.1.5', to: 'shop/cart:http' };
  const marked = '-I KUBE-SVC-CARTCARTCARTCART -j KUBE-MARK-MASQ';
  const told = (analysis: Analysis): readonly string[] =>
    sentences(analysis, form).filter((sentence) => sentence.includes('mark'));

  it('before its owner reads it, is told with what comes of it', () => {
    const calico = [
      ':cali-FORWARD - [0:0]',
      '-A cali-FORWARD -j MARK --set-xmark 0x0/0xc000',
      '-A FORWARD -j cali-FORWARD',
    ];
    expect(told(node([marked], calico))).toEqual([
      'Rule 1 of cali-FORWARD (Calico) takes the masquerade mark 0x4000 away that kube-proxy set, before rule 1 of KUBE-POSTROUTING reads it: so the packet is not masqueraded.',
    ]);
  });

  it('is nothing to be told of where its owner takes it away itself', () => {
    expect(told(node([marked], []))).toEqual([]);
  });

  it('is told where kube-proxy takes another’s mark for its own', () => {
    const own = [
      ':EDGE_mark - [0:0]',
      ':NETBIRD-RT-PRE - [0:0]',
      '-A PREROUTING -j NETBIRD-RT-PRE',
      '-A NETBIRD-RT-PRE -j MARK --set-xmark 0xc000/0xc000',
    ];
    expect(told(node([], [], own))).toEqual([
      "Rule 1 of NETBIRD-RT-PRE (NetBird) sets 0x4000 for itself, which is kube-proxy's masquerade mark: so the packet is masqueraded.",
    ]);
  });
});
