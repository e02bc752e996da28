/** `explain RULES table/CHAIN/INDEX`: the command that it prints traces a packet which the rule matches. */
import { beforeAll, describe, expect, it } from 'vitest';
import { bundledCli, type Cli, repository } from './support/cli.ts';

const sample = repository('media/samples/kube-proxy-1.36');
let cli: Cli;

beforeAll(async () => {
  cli = await bundledCli();
});

/** What a shell makes of the command line; these have no quotes. */
async function run(command: string): Promise<string> {
  const [program, ...words] = command.trim().split(' ');
  expect(program).toBe('kube-proxy-explorer');
  return (await cli([...words, '--format', 'json'])).out;
}

describe('explain of a rule', () => {
  it.each(['nat/KUBE-SERVICES/0', 'nat/KUBE-POSTROUTING/0', 'filter/KUBE-FORWARD/0'])(
    'tells a packet that %s matches, as a command',
    async (place) => {
      const { out, code } = await cli(['explain', sample, place]);
      const command = out.split('\n').find((line) => line.includes('kube-proxy-explorer trace '));

      expect(code).toBe(0);
      expect(await run(command ?? '')).toContain(`"${place}"`);
    },
  );

  it('says why no packet matches it', async () => {
    const rules =
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j DROP\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n';
    const json = JSON.parse(
      (await cli(['explain', '-', 'filter/INPUT/1', '--format', 'json'], { input: rules })).out,
    );

    expect(json.rules).toEqual([
      expect.objectContaining({
        place: 'filter/INPUT/1',
        witness: null,
        never: expect.stringContaining('rule 1 (DROP) takes every packet'),
      }),
    ]);
  });

  it('says that there is no such rule', async () => {
    const { err, code } = await cli(['explain', sample, 'filter/INPUT/999']);

    expect(code).toBe(1);
    expect(err).toContain('no rule filter/INPUT/999');
  });
});
