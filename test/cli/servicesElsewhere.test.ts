/** A node that keeps its Services in nftables: every command says so, in every form. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { bundledCli, type Cli, repository } from './support/cli.ts';

const kept =
  "kube-proxy keeps this node's Services in nftables (78 ports of Services in nft.txt), which is not simulated yet";
const question = ['--from', 'node', '--to', '10.96.0.10:53'];
const unknown = { verdict: 'unknown', destination: null, interface: null, by: null };
const node = mkdtempSync(join(tmpdir(), 'kpe-nftables-'));
let cli: Cli;

beforeAll(async () => {
  const dumps = repository('test/dumps');
  copyFileSync(join(dumps, '1.36.3-mixed-backends/iptables-nft-save.txt'), join(node, 'iptables-save.txt'));
  copyFileSync(join(dumps, '1.36.3-nftables/nft.txt'), join(node, 'nft.txt'));
  cli = await bundledCli();
});

it('trace does not say that a packet got through', async () => {
  const { code, out } = await cli(['trace', node, ...question]);
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toBe(
    "? Not known: kube-proxy keeps this node's Services in nftables, which is not simulated yet.",
  );
  expect(out).not.toContain('✓');
  expect(out).toContain('table ip kube-proxy');
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
  expect((await cli(['tree', node, '--depth', '1'])).out).toContain(`ip6 kube-proxy\n${kept}\n`);
  const checked = (await cli(['check', node])).out.replaceAll(/\n +/g, ' ');
  expect(checked.replaceAll(/ +/g, ' ')).toContain(`Services ${kept}`);
  expect(checked.slice(checked.indexOf('\n\n'))).toBe(
    `\n\n✓ No problems in 3 rules. Not among these: ${kept}.\n`,
  );
  const json: unknown = JSON.parse((await cli(['check', node, '--format', 'json'])).out);
  expect(json).toEqual({ problems: [], notes: [`${kept}.`] });
  expect((await cli(['check', node, '--format', 'sarif'])).err).toContain(kept);
});

it('a folder without iptables rules says where they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kpe-nftables-alone-'));
  copyFileSync(repository('test/dumps/1.36.3-nftables/nft.txt'), join(folder, 'nft.txt'));
  const { code, err } = await cli(['check', folder]);
  expect([code, err.includes(kept)]).toEqual([2, true]);
});
