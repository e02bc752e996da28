/** ClientIP affinity: one question for each Service port, whatever number of lists stands behind it. */
import { describe, expect, it } from 'vitest';
import { rulesOnly, tell } from '../narrative/support.ts';

const ports = [
  {
    name: 'http',
    port: 80,
    to: 8080,
    hash: 'HTTPHTTPHTTPHTTP',
    endpoints: ['AONEAONEAONEAONE', 'BTWOBTWOBTWOBTWO'],
  },
  {
    name: 'tls',
    port: 443,
    to: 8443,
    hash: 'TLSSTLSSTLSSTLSS',
    endpoints: ['CTLSCTLSCTLSCTLS', 'DTLSDTLSDTLSDTLS'],
  },
] as const;

const recent = (list: string): string => `-m recent --name KUBE-SEP-${list} --mask 255.255.255.255 --rsource`;

/** As kube-proxy writes it; endpoint 0 is 10.244.1.5, endpoint 1 is 10.244.2.5. */
const rules = [
  '*nat',
  ':PREROUTING ACCEPT [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ...ports.flatMap(({ hash, endpoints }) => [
    `:KUBE-SVC-${hash} - [0:0]`,
    ...endpoints.map((each) => `:KUBE-SEP-${each} - [0:0]`),
  ]),
  '-A PREROUTING -j KUBE-SERVICES',
  ...ports.flatMap(({ name, port, to, hash, endpoints }) => [
    `-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:${name} cluster IP" -m tcp --dport ${port} -j KUBE-SVC-${hash}`,
    ...endpoints.map(
      (each) =>
        `-A KUBE-SVC-${hash} ${recent(each).replace('--name', '--rcheck --seconds 10800 --reap --name')} -j KUBE-SEP-${each}`,
    ),
    `-A KUBE-SVC-${hash} -m statistic --mode random --probability 0.5 -j KUBE-SEP-${endpoints[0]}`,
    `-A KUBE-SVC-${hash} -j KUBE-SEP-${endpoints[1]}`,
    ...endpoints.map(
      (each, index) =>
        `-A KUBE-SEP-${each} -p tcp ${recent(each).replace('--name', '--set --name')} -m tcp -j DNAT --to-destination 10.244.${index + 1}.5:${to}`,
    ),
  ]),
  'COMMIT',
  '',
].join('\n');

const analysis = rulesOnly(rules);
const form = { from: 'external:203.0.113.9', to: '10.96.7.7:443' };

describe('a client of a Service with session affinity', () => {
  const { narrative } = tell(analysis, form);
  const questions = narrative.assumptions.filter(({ code }) => code === 'served-before');
  const [question] = questions;

  it('is asked about once', () => {
    expect(questions).toHaveLength(1);
    expect(question).toMatchObject({
      claim: 'an endpoint of shop/cart:tls served 203.0.113.9 before',
      decided: null,
    });
    expect(question?.options.map(({ word }) => word)).toEqual([
      'nobody',
      '10.244.1.5:8443',
      '10.244.2.5:8443',
    ]);
    expect(narrative.assumptions.map(({ code }) => code)).not.toContain('recent-empty');
  });

  it('is told for how long it stays, and that another port has lists of its own', () => {
    expect(narrative.details).toContain(
      'A client stays with its endpoint for 3 h after its last connection (ClientIP affinity).',
    );
    expect(narrative.details).toContain(
      "Lists are per port: the client's connections to shop/cart:http may go to another endpoint.",
    );
  });

  it.each(['10.244.1.5:8443', '10.244.2.5:8443'])('that %s served before comes back to it', (endpoint) => {
    const decisions = question?.options.find(({ word }) => word === endpoint)?.decisions ?? [];
    const told = tell(analysis, form, decisions).narrative;
    expect(told.headline).toContain(`Forwarded to ${endpoint}, an endpoint of shop/cart:tls`);
    expect(told.groups.map(({ condition }) => condition)).toEqual([
      `If ${endpoint} served 203.0.113.9 before`,
    ]);
    const [again, ...more] = told.assumptions.filter(({ code }) => code === 'served-before');
    expect(more).toEqual([]);
    expect(again).toMatchObject({ decided: endpoint, options: question?.options });
  });

  it('that nobody served before is as it was taken', () => {
    const decisions = question?.options[0]?.decisions ?? [];
    expect(tell(analysis, form, decisions).narrative).toEqual(narrative);
  });
});

describe('a list of recent clients that is no Service’s', () => {
  it('is a question of its own', () => {
    const rule = '-A INPUT -p tcp --dport 22 -m recent --rcheck --name SSH -j DROP';
    const told = tell(rulesOnly(`*filter\n:INPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`, {}), {
      from: 'external:203.0.113.9',
      to: '192.0.2.10:22',
    }).narrative;
    const [list] = told.assumptions.filter(({ code }) => code === 'recent-empty');
    expect(list?.options.map(({ word }) => word)).toEqual(['yes', 'no']);
  });
});
