/** Traces through a part of a dump: from where it begins, past what is absent, and never surer than it can be. */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';

interface Told {
  readonly ends: readonly string[];
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

function trace(rules: string, to: string, port = 80): Told {
  const flow: Flow = {
    family: 4,
    from: { kind: 'pod', address: '10.244.2.2', port: 40_000 },
    to: { address: to, port },
    protocol: 'tcp',
  };
  const answer = answerOf(analysisOfFiles(new Map([['iptables-save.txt', rules]])), flow);
  const assumptions = answer?.assumptions ?? [];
  return {
    ends: (answer?.outcomes ?? []).map(({ verdict, destination }) =>
      `${verdict} ${destination === null ? '' : `${destination.address ?? ''}:${destination.port ?? ''}`}`.trim(),
    ),
    codes: assumptions.map(({ code }) => code),
    messages: assumptions.map(({ message }) => message),
  };
}

const cart = `-A KUBE-SEP-ONEONEONEONEONEO -s 10.244.1.5/32 -m comment --comment "shop/cart:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-CARTCARTCARTCART
-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j KUBE-SEP-ONEONEONEONEONEO
`;

describe('a packet through a part of a dump', () => {
  it('comes to KUBE-SERVICES though nothing jumps there, and passes what is absent', () => {
    const { ends, codes, messages } = trace(cart, '10.96.7.7');
    expect(ends).toEqual(['forward 10.244.1.5:8080']);
    expect(codes.filter((code) => code === 'part-begins')).toHaveLength(1);
    expect(codes.filter((code) => code === 'part-of-dump')).toHaveLength(1);
    expect(messages.find((message) => message.includes('a part of what'))).toContain('KUBE-MARK-MASQ');
  });

  it('comes to the one chain that is there', () => {
    const { ends, codes } = trace(
      '-A EDGE -s 10.244.0.0/16 -p tcp -j DNAT --to-destination 192.0.2.9:81\n',
      '10.96.7.7',
    );
    expect(ends).toEqual(['forward 192.0.2.9:81']);
    expect(codes).toContain('part-begins');
  });

  it('may or may not come to one of several chains', () => {
    const { ends } = trace('-A ONE -j DROP\n-A TWO -j REJECT\n', '10.244.3.3');
    expect(new Set(ends.map((end) => end.split(' ')[0]))).toEqual(
      new Set(['drop', 'reject', 'forward', 'local']),
    );
  });

  it('ends as not known where the chain of an endpoint is absent', () => {
    const { ends } = trace('-A KUBE-SVC-CARTCARTCARTCART -j KUBE-SEP-ONEONEONEONEONEO\n', '10.96.7.7');
    expect(ends.every((end) => end.startsWith('unknown'))).toBe(true);
  });

  it('is not taken to be marked because the chain that marks is all there is', () => {
    const { codes } = trace('-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n', '10.96.7.7');
    expect(codes).not.toContain('part-begins');
  });

  it('goes through a whole dump without a word of that', () => {
    const whole =
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:X - [0:0]\n-A X -j DROP\nCOMMIT\n';
    const { codes } = trace(whole, '10.96.7.7');
    expect(codes.filter((code) => code.startsWith('part'))).toEqual([]);
  });
});
