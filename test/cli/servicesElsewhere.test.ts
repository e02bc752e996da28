/** A node that keeps its Services in rules that are not followed: every command says so, in every form. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { bundledCli, type Cli, repository } from './support/cli.ts';

const kept =
  'kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet';
const question = ['--from', 'node', '--to', '10.96.0.10:53'];
const unknown = { verdict: 'unknown', destination: null, interface: null, by: null };
const node = mkdtempSync(join(tmpdir(), 'kpe-nftables-'));
let cli: Cli;

beforeAll(async () => {
  const dumps = repository('test/dumps');
  copyFileSync(join(dumps, '1.36.3-mixed-backends/iptables-nft-save.txt'), join(node, 'iptables-save.txt'));
  copyFileSync(join(dumps, '1.36.3/iptables-save.txt'), join(node, 'iptables-legacy-save.txt'));
  cli = await bundledCli();
});

it('trace does not say that a packet got through', async () => {
  const { code, out } = await cli(['trace', node, ...question]);
  expect(code).toBe(0);
  // It goes on in the next line.
  expect(out.replace(/\n {2}(?=\S)/u, ' ').split('\n')[0]).toBe(
    '? Not known: kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet.',
  );
  expect(out).not.toContain('✓');
  expect(out).toContain('rules of the legacy backend');
});

it('trace says the same in JSON, of one packet and of many', async () => {
  const one: unknown = JSON.parse((await cli(['trace', node, ...question, '--format', 'json'])).out);
  expect(one).toMatchObject({ outcomes: [unknown, unknown] });
  const packet = '"family":4,"from":{"kind":"node"},"to":{"address":"10.96.0.10","port":53},"protocol":"udp"';
  const path = join(node, 'flows.jsonl');
  writeFileSync(path, `{${packet}}\n{${packet},"then":[{${packet}}]}\n`);
  const lines = (await cli(['trace', node, '--flows', path])).out.trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { outcomes: [unknown, unknown] },
    { joint: [{ results: ['unknown', 'unknown'], probability: 1 }] },
  ]);
});

it('tree and check say where the Services are', async () => {
  const services = (await cli(['tree', node, '--by', 'service'])).out;
  expect(services.slice(services.indexOf('\n\n'))).toBe(`\n\n${kept}\n`);
  expect((await cli(['tree', node, '--depth', '1'])).out).toContain(`${kept}\n`);
  const checked = (await cli(['check', node])).out.replaceAll(/\n +/g, ' ');
  expect(checked.replaceAll(/ +/g, ' ')).toContain(`Not among these: ${kept}.`);
  const json: unknown = JSON.parse((await cli(['check', node, '--format', 'json'])).out);
  expect(json).toMatchObject({ notes: [`${kept}.`] });
  expect((await cli(['check', node, '--format', 'sarif'])).err).toContain(kept);
});

it('native tables are rules that every command takes, alone in a folder or by their file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kpe-nftables-alone-'));
  const file = join(folder, 'node-1.nft');
  copyFileSync(repository('test/dumps/1.36.3-nftables/nft.txt'), join(folder, 'nft.txt'));
  copyFileSync(join(folder, 'nft.txt'), file);
  for (const rules of [folder, join(folder, 'nft.txt'), file]) {
    const { code, out } = await cli(['trace', rules, '--from', 'pod:10.244.1.14', '--to', '10.106.89.61:80']);
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      expect.stringContaining('one of 3 endpoints of shop/three:http'),
    ]);
    expect((await cli(['check', rules])).code).toBe(0);
    expect((await cli(['tree', rules, '--depth', '3'])).out).toContain('ip kube-proxy · nat-prerouting');
  }
});
