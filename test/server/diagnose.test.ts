/** Diagnose in the editor says what `diagnose` says in a terminal: of the same files, word for word. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver';
import { diagnoseRequest, servicesToDiagnoseRequest } from '../../src/protocol/diagnosis.ts';
import { glanceRequest } from '../../src/protocol/glance.ts';
import { witnessRequest } from '../../src/protocol/witness.ts';
import { bundledCli, type Cli } from '../cli/support/cli.ts';
import { bundleServer, Client } from './client.ts';

const folder = new URL('../../media/samples/kube-proxy-1.36/', import.meta.url);
const uri = new URL('iptables-save.txt', folder).href;
let server: { readonly path: string; readonly remove: () => void };
let client: Client;
let cli: Cli;

beforeAll(async () => {
  [server, cli] = await Promise.all([bundleServer(), bundledCli()]);
  client = new Client(server.path);
  client.folder = folder.href.replace(/\/$/, '');
  for (const name of readdirSync(folder)) client.files.set(name, readFileSync(new URL(name, folder), 'utf8'));
  await client.initialize();
  await client.open(uri, client.files.get('iptables-save.txt') ?? '');
}, 60_000);

afterAll(() => {
  client.stop();
  server.remove();
});

const services = [
  'edge/np-cluster',
  'edge/lb-ranges',
  'edge/lb-local-nolocal',
  'shop/no-endpoints',
  'shop/headless',
];

describe('a packet to a rule', () => {
  const lines = readFileSync(new URL('iptables-save.txt', folder), 'utf8').split('\n');
  const lineOf = (start: string): number => lines.findIndex((line) => line.startsWith(start));

  it.each([
    ['-A KUBE-SERVICES ', 'nat/KUBE-SERVICES/0'],
    ['-A KUBE-FORWARD ', 'filter/KUBE-FORWARD/0'],
  ])('of the first rule of %j is the one that the terminal shows', async (start, place) => {
    const table = place.startsWith('nat') ? lineOf('*nat') : lineOf('*filter');
    const line = lines.findIndex((each, index) => index > table && each.startsWith(start));
    const answer = await client.ask(witnessRequest, { uri, line });
    const { out } = await cli(['explain', folder.pathname, place, '--format', 'json']);

    const [first] = JSON.parse(out).rules;
    expect(answer.kind === 'packet' ? answer.form : null).toEqual(first.witness.packet);
  });

  it('is none of a line without a rule', async () => {
    const answer = await client.ask(witnessRequest, { uri, line: lineOf('*nat') });
    expect(answer).toEqual({ kind: 'none', message: 'There is no rule in this line.' });
  });
});

describe('diagnose', () => {
  it.each(services)('says of %s what the terminal says', async (service) => {
    const answer = await client.ask(diagnoseRequest, { uri, service });
    if (answer.kind !== 'diagnosis') throw new Error(answer.message);
    const run = async (format: string): Promise<string> =>
      (await cli(['diagnose', folder.pathname, '--service', service, '--format', format])).out;

    expect(answer.copies.markdown).toBe(await run('markdown'));
    const json: unknown = JSON.parse(await run('json'));
    expect(JSON.parse(answer.copies.json)).toEqual(json);
    const { headline, more, steps, ways } = answer.told;
    const summary = [headline, ...more].join(' ');
    expect(json).toMatchObject({
      summary,
      steps: steps.map(({ id, state, message }) => ({ id, state, message })),
    });
    const text = (await run('text')).replaceAll(/\s+/g, ' ');
    expect(text).toContain(summary);
    for (const { name, cells } of ways.rows) {
      const words = cells.map((cell) => cell?.words ?? '').filter((each) => each !== '');
      expect(text).toMatch(new RegExp([name, ...words].map(literal).join('.*'), 's'));
    }
  });

  it('leads to the line that the terminal names, and gives its command line', async () => {
    const answer = await client.ask(diagnoseRequest, { uri, service: 'edge/np-cluster' });
    if (answer.kind !== 'diagnosis') throw new Error(answer.message);
    const at = answer.told.steps[0]?.evidence[0]?.at ?? null;
    const line = client.files.get('iptables-save.txt')?.split('\n')[at?.line ?? 0];
    expect(at?.uri).toBe(uri);
    expect(line).toContain('edge/np-cluster:http cluster IP');
    expect(answer.copies.command).toBe(
      `kube-proxy-explorer diagnose ${new URL(uri).pathname} --service edge/np-cluster`,
    );
  });

  it('says what was meant by a name that is none, and of a document that is not open that it is not', async () => {
    expect(await client.ask(diagnoseRequest, { uri, service: 'shop/thre' })).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('shop/three') as unknown,
    });
    expect(await client.ask(diagnoseRequest, { uri: 'file:///none', service: 'x' })).toMatchObject({
      kind: 'unavailable',
    });
  });

  it('offers Services by parts of their names, those with a problem first', async () => {
    const found = await client.ask(servicesToDiagnoseRequest, { uri, query: 'SHOP no', limit: 10 });
    expect(found[0]).toEqual({
      name: 'shop/no-endpoints',
      description: 'no endpoints, traffic is rejected · ClusterIP',
      hasProblem: true,
    });
    const all = await client.ask(servicesToDiagnoseRequest, { uri, query: '', limit: 500 });
    expect(all.map(({ name }) => name)).toContain('shop/headless');
  });

  it('is offered beside a problem of a Service', async () => {
    const { diagnostics } = await client.diagnostics(uri);
    const problem = diagnostics.find(({ code }) => code === 'no-endpoints');
    if (problem === undefined) throw new Error('The sample has a Service without endpoints.');
    const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: problem.range,
      context: { diagnostics: [problem] },
    });
    const [action] = actions.filter(({ title }) => title.startsWith('Diagnose '));
    expect(action?.command).toMatchObject({
      command: 'kubeProxy.diagnose.diagnoseService',
      arguments: [{ uri, service: expect.stringMatching(/^[\w-]+\/[\w-]+/) as unknown }],
    });
  });
});

it('the node at a glance is what `tree` begins with in a terminal', async () => {
  const lines = await client.ask(glanceRequest, { uri, atOnce: false });
  const { out } = await cli(['tree', folder.pathname, '--depth', '1']);
  const [top = ''] = out.split('\n\n');
  expect(lines.length).toBeGreaterThan(5);
  expect(top.replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(lines.map(({ title, words }) => literal(`${title} ${words}`)).join('.*')),
  );
  expect(await client.ask(glanceRequest, { uri: 'file:///none', atOnce: false })).toEqual([]);
});

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
