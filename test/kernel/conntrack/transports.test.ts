/** Protocols with ports that conntrack takes otherwise than one would think: seen on Linux 6.18. */
import { expect, test } from 'vitest';
import { dump, engineOf, flow, labFiles, send } from '../fixtures.ts';

const states = dump({
  nat: ['-A PREROUTING -j DNAT --to-destination 10.244.1.9'],
  filter: ['-A FORWARD -m conntrack --ctstate INVALID', '-A FORWARD -m conntrack --ctstate NEW'],
});
const lite = flow('client > 10.244.1.5:80 136');

test('UDP-Lite that comes in is INVALID, so that nat does nothing; what the node sends is not', () => {
  const outcome = send(states, lite);
  expect(outcome.path).toEqual(['filter/FORWARD/0']);
  expect(outcome.destination).toBe('10.244.1.5:80');
  const output = dump({
    filter: ['-A OUTPUT -m conntrack --ctstate INVALID', '-A OUTPUT -m conntrack --ctstate NEW'],
  });
  expect(send(output, flow('node > 10.244.1.5:80 136')).path).toEqual(['filter/OUTPUT/1']);
  expect(
    engineOf(states)
      .trace(lite)
      .assumptions.map(({ code }) => code),
  ).toContain('checksum-assumed');
});

test('UDP-Lite is NEW where conntrack checks no sums', () => {
  const sysctls = `${labFiles['sysctl.txt'] ?? ''}\nnet.netfilter.nf_conntrack_checksum = 0\n`;
  expect(send(states, lite, { ...labFiles, 'sysctl.txt': sysctls }).path).toContain('filter/FORWARD/1');
});

test('DCCP keeps its port in nat, and is not answered by REJECT', () => {
  const text = dump({
    nat: ['-A PREROUTING -p dccp -j DNAT --to-destination 10.244.1.9:8080'],
    filter: ['-A FORWARD -s 198.51.100.7 -j REJECT'],
  });
  const packet = flow('client > 10.244.1.5:80 33');
  expect(send(text.replace(' -j REJECT', ''), packet).destination).toBe('10.244.1.9:80');
  const [outcome] = engineOf(text).trace(packet).outcomes;
  const last = outcome?.steps.findLast((step) => step.kind === 'rule');
  expect(last?.effect).toMatchObject({ kind: 'reject', answered: false });
});

test('GRE is assured with the first packet behind a reply', () => {
  const text = dump({ filter: ['-A FORWARD -m conntrack --ctstatus ASSURED'] });
  const [request, reply] = [flow('client > 10.244.1.5 47'), flow('pod > 198.51.100.7 47')];
  expect(send(text, { ...request, after: [request, reply] }).path).toEqual(['filter/FORWARD/0']);
  expect(send(text, { ...reply, after: [request] }).path).toEqual([]);
});
