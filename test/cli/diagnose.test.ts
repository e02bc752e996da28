/** `diagnose`: its forms, its exit codes, and what it says of a name that is none. */
import { beforeAll, describe, expect, it } from 'vitest';
import { bundledCli, repository, type Cli } from './support/cli.ts';

const sample = repository('media/samples/kube-proxy-1.36');
let cli: Cli;
beforeAll(async () => {
  cli = await bundledCli();
});

describe('diagnose', () => {
  it('ends with 0 for what is reached, the answer first', async () => {
    const { code, out } = await cli(['diagnose', sample, '--service', 'shop/three']);

    expect(code).toBe(0);
    expect(out).toMatch(/^✓ shop\/three is reached at its address/u);
    expect(out).toMatch(/ClusterIP 10\.106\.89\.61:80\/TCP +✓ +✓ +✓ +✓\n/u);
    expect(out).toContain('$ kubectl get networkpolicies -n shop\n');
  });

  it('ends with 1 for what is not, as JSON with the steps in order and places', async () => {
    const { code, out } = await cli([
      'diagnose',
      sample,
      '--service',
      'shop/no-endpoints',
      '--format',
      'json',
    ]);

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      service: 'shop/no-endpoints',
      verdict: 'fails',
      summary: expect.stringContaining('shop/no-endpoints has no ready endpoints') as unknown,
      steps: [
        'service',
        'endpoints',
        'kube-proxy',
        'rules',
        'paths',
        'policies',
        'replies',
        'pods',
        'dns',
      ].map((id) => ({ id })),
      findings: [
        { code: 'no-endpoints', service: 'shop/no-endpoints:http' },
        { code: 'selector-matches-nothing', service: 'shop/no-endpoints:http' },
      ],
    });
    expect(out).toMatch(
      /"place":\{"file":"[^"]+","line":\d+,"column":1,"rule":"filter\/KUBE-SERVICES\/\d+"\}/u,
    );
  });

  it('asks from the one place that is given, and says what is wrong with one that is none', async () => {
    const asked = ['diagnose', sample, '--service', 'edge/np-cluster', '--from'];
    const { code, out } = await cli([...asked, 'external:203.0.113.9']);

    expect(code).toBe(0);
    expect(out).toContain('edge/np-cluster is reached from there at each of its 2 addresses');
    expect(out).toContain('Packets pass this node from there to each frontend.');
    expect(out).not.toContain('other node');
    const wrong = await cli([...asked, 'nonsense']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('--from: ');
  });

  it('writes Markdown for a ticket', async () => {
    const { out } = await cli(['diagnose', sample, '--service', 'shop/three', '--format', 'markdown']);

    expect(out).toMatch(/^## ✓ shop\\\/three\n/u);
    expect(out).toContain('`ClusterIP 10.106.89.61:80/TCP`');
  });

  it('says what was meant by a name that is none, and what it needs', async () => {
    const wrong = await cli(['diagnose', sample, '--service', 'shop/thre']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('shop/three');
    const lacking = await cli(['diagnose', sample]);
    expect(lacking.code).toBe(2);
    expect(lacking.err).toContain('diagnose needs --service');
  });
});
