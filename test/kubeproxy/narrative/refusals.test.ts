/** A refusal that does not get back to whom it refuses, as real sockets saw it (test/realKernel/clients). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { toldOf } from '../../conformance/sentences/tell.ts';
import { dump, flow, labFiles, snapshotOf } from '../../kernel/fixtures.ts';
import { rulesOnly, tell } from './support.ts';

const REJECTED = '-A FORWARD -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable';
const PROHIBITED = '[{"type":"prohibit","dst":"203.0.113.0/24","flags":[]},';

async function headline(rules: readonly string[], to: string): Promise<string> {
  const files = {
    ...labFiles,
    'iptables-save.txt': dump({ filter: rules }),
    'ip-route.json': (labFiles['ip-route.json'] ?? '').replace('[', PROHIBITED),
  };
  const narrative = await toldOf(flow(`pod > ${to}:80`), analysisOfFiles(snapshotOf(files)));
  return narrative?.headline ?? '';
}

describe('a refusal', () => {
  it('is seen at once', async () => {
    expect(await headline([REJECTED], '198.51.100.7')).toBe(
      'Rejected by rule 1 of FORWARD: the client sees "connection refused" at once.',
    );
    expect(await headline([], '203.0.113.9')).toContain('the client sees "no route to host" at once');
  });

  it('is seen at once by rules alone, which do not tell what address it comes from', () => {
    const alone = rulesOnly(readFileSync('test/dumps/1.36.3/iptables-save.txt', 'utf8'));
    const form = { from: 'pod:10.244.1.72', to: '10.98.100.9:80', protocol: 'tcp' };
    expect(tell(alone, form).narrative.headline).toBe(
      'Rejected: edge/lb-noep:http has no endpoints; the client sees "connection refused" at once.',
    );
  });

  it('is not, where a rule of OUTPUT drops it', async () => {
    const dropped = '-A OUTPUT -p icmp -m conntrack --ctstate RELATED -j DROP';
    const words = 'the refusal is dropped by rule 1 of OUTPUT, and the client hangs until it times out.';
    expect(await headline([REJECTED, dropped], '198.51.100.7')).toBe(
      `Rejected by rule 1 of FORWARD: ${words}`,
    );
    expect(await headline([dropped], '203.0.113.9')).toContain(words);
  });
});
