/** The states that the panel is looked at in. */
import type { Page } from 'playwright-core';
import type { Narrative } from '../../../src/kubeproxy/narrative/narrative.ts';
import type { Choice, FlowForm } from '../../../src/protocol/requests.ts';
import { stateOf, TraceHost } from './traceHost.ts';
import { answerOf, dropped, forwarded, rejected, undecided } from './narratives.ts';

export interface PanelStateShown {
  readonly name: string;
  readonly host: () => TraceHost;
  readonly arrange?: (page: Page) => Promise<void>;
  /** A text that is there when the state is reached. */
  readonly settled: string | RegExp;
}

const form: Partial<FlowForm> = { from: 'pod:10.244.1.7', to: '10.96.12.3:80', protocol: 'tcp' };

function answering(narrative: Narrative): () => TraceHost {
  return () =>
    new TraceHost(stateOf(form, true), {
      trace: async () => Promise.resolve(answerOf(narrative)),
      choices: async () => Promise.resolve(choices),
      considered: async ({ from, to, limit }) => Promise.resolve(consideredPage(from, to, limit)),
    });
}

const destinations = [
  ['default/web:http', 'ClusterIP 10.96.12.3:80/TCP', '10.96.12.3', 80],
  ['default/web:http', 'node port 30080/TCP', '192.168.0.2', 30080],
  ['default/web:http', 'external address 203.0.113.10:80/TCP', '203.0.113.10', 80],
  ['kube-system/kube-dns:dns-tcp', 'ClusterIP 10.96.0.10:53/TCP', '10.96.0.10', 53],
  [
    'monitoring/a-service-with-a-rather-long-name:metrics',
    'ClusterIP 10.96.200.133:9090/TCP',
    '10.96.200.133',
    9090,
  ],
] as const;

export const choices: readonly Choice[] = destinations.map(([label, description, address, port]) => ({
  side: 'destination',
  label,
  description,
  form: { to: `${address}:${port}`, protocol: 'tcp' },
  kind: 'service',
}));

export const sources: readonly Choice[] = (
  [
    ['default/client', '10.244.1.7 · node-1', 'pod', '10.244.1.7'],
    ['default/web-7d9f-abcde', '10.244.1.5 · node-1', 'pod', '10.244.1.5'],
    ['a client', '203.0.113.9', 'external', '203.0.113.9'],
    ['node-1', '192.168.0.2', 'node', '192.168.0.2'],
    ['any process', 'routing chooses the address', 'node', null],
  ] as const
).map(([label, description, kind, address]) => ({
  side: 'source',
  label,
  description,
  form: { from: address === null ? kind : `${kind}:${address}` },
  kind,
}));

export function consideredPage(from: number, to: number, limit: number) {
  const total = to - from + 1;
  const items = Array.from({ length: Math.min(total, limit) }, (_, index) => {
    const number = from + index + 1;
    const text = `-A KUBE-SERVICES -d 10.96.0.${number % 250}/32 -p tcp -m comment --comment "ns/svc-${number}:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-${'X'.repeat(16)}`;
    const failStart = text.indexOf('-d ');
    return {
      number,
      text,
      failStart,
      failEnd: text.indexOf(' -p '),
      reason: `the packet goes to 10.96.12.3, not 10.96.0.${number % 250}`,
      location: {
        source: 'iptables',
        line: 40 + number,
        startCharacter: 0,
        endCharacter: text.length,
      } as const,
    };
  });
  return { items, total, kinds: [] };
}

export const states: readonly PanelStateShown[] = [
  { name: 'forwarded', host: answering(forwarded), settled: 'DNAT to the endpoint' },
  {
    name: 'considered',
    host: answering(forwarded),
    arrange: (page) => page.getByText('11 rules did not match').click(),
    settled: 'the packet goes to 10.96.12.3, not 10.96.0.7',
  },
  { name: 'rejected', host: answering(rejected), settled: 'default/api has no endpoints · REJECT' },
  { name: 'dropped', host: answering(dropped), settled: 'other traffic to' },
  { name: 'unknown', host: answering(undecided), settled: /^If the ipset “blocked” contains/ },
  {
    name: 'assumptions',
    host: answering(undecided),
    arrange: (page) => page.getByRole('button', { name: /^Assumed/ }).click(),
    settled: /^nobody$/,
  },
  {
    name: 'invalid',
    host: () =>
      new TraceHost(stateOf(form, true), {
        trace: async ({ form: { to } }) =>
          Promise.resolve(
            to.endsWith('99')
              ? {
                  kind: 'invalid',
                  errors: [
                    { field: 'to', message: '10.96.12.399 is not an address: every part is from 0 to 255.' },
                  ],
                }
              : answerOf(forwarded),
          ),
      }),
    arrange: async (page) => {
      await page.getByText('DNAT to the endpoint').waitFor();
      await page.getByLabel('To', { exact: true }).fill('10.96.12.399');
    },
    settled: 'is not an address',
  },
  {
    name: 'choices',
    host: answering(forwarded),
    arrange: async (page) => {
      await page.getByText('DNAT to the endpoint').waitFor();
      await page.getByLabel('To', { exact: true }).press('ArrowDown');
      await page.getByText('node port 30080').waitFor();
      await page.getByLabel('To', { exact: true }).press('ArrowDown');
    },
    settled: 'node port 30080',
  },
  {
    name: 'more',
    host: answering(forwarded),
    arrange: (page) => page.getByRole('button', { name: 'More' }).click(),
    settled: 'Connection state',
  },
  {
    name: 'loading',
    host: () => new TraceHost(stateOf(form, true), { trace: () => new Promise(() => undefined) }),
    settled: 'Tracing the packet …',
  },
  {
    name: 'empty',
    host: () => new TraceHost(stateOf({}, false), { choices: async () => Promise.resolve(choices) }),
    settled: 'monitoring/a-service',
  },
  {
    name: 'unavailable',
    host: () =>
      new TraceHost(stateOf(form, true), {
        trace: async () =>
          Promise.resolve({
            kind: 'unavailable',
            message:
              'This file holds nftables rules, which cannot be traced yet.\nOpen the output of iptables-save of the same node.',
          }),
      }),
    settled: 'The trace could not be made',
  },
];
