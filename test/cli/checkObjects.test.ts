/** `check` where the objects of the cluster are known: beside the rules, by `--objects`, or of a live cluster. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../src/text/json.ts';
import { runWith, sample, type FakeRun } from './support/fakeCluster.ts';

const text = readFileSync(join(sample, 'objects.json'), 'utf8');
const rules = readFileSync(join(sample, 'iptables-save.txt'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'kpe-objects-'));
const changed = join(folder, 'changed.json');
/** Of a kind that tells nothing of Services. */
const noPods = join(folder, 'no-pods.json');

/** The sample's objects as they would be after a change; a mistaken one fails. */
function objectsAfter(change: (text: string) => string): string {
  const after = change(text);
  expect(after).not.toBe(text);
  return after;
}

function withoutService(name: string): string {
  const list: unknown = JSON.parse(text);
  const items = isRecord(list) && Array.isArray(list['items']) ? list['items'].filter(isRecord) : [];
  const kept = items.filter(
    ({ metadata }) => !(isRecord(metadata) && String(metadata['name']).startsWith(name)),
  );
  expect(kept.length).toBeLessThan(items.length);
  return JSON.stringify({ kind: 'List', items: kept });
}

async function problemsOf(run: Promise<FakeRun>): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { code, out } = await run;
  expect(code).toBe(0);
  const answer: unknown = JSON.parse(out);
  return isRecord(answer) && Array.isArray(answer['problems']) ? answer['problems'].filter(isRecord) : [];
}

/** What the rules of the sample say themselves, whatever the objects: it has Services without endpoints on purpose, and such as masquerade. */
const ofRulesAlone = ['client-address-lost', 'no-endpoints', 'no-local-endpoints'];

/** The codes in a text for people, each once. */
function codesIn({ out }: FakeRun): readonly string[] {
  return [...new Set([...out.matchAll(/\[([a-z-]+)\]$/gm)].map(([, code = '']) => code))].toSorted();
}

beforeAll(() => writeFileSync(noPods, '{"kind":"List","items":[]}'));
beforeAll(() =>
  writeFileSync(
    changed,
    objectsAfter((before) => before.replaceAll('10.244.1.14', '10.244.1.77')),
  ),
);

describe('a Service without endpoints, of which the objects tell why', () => {
  it('is one sentence for people, and a finding of each code for programs', async () => {
    const { out } = await runWith({}, ['check', sample]);
    const told = out.split('\n').filter((line) => line.includes('shop/no-endpoints:http has no'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^ +70:1 +warning .* so this node rejects its connections/u);
    expect(out).toMatch(
      /Its selector app=no-endpoints matches no Pod\.[^[]*\[selector-matches-nothing, no-endpoints\]/u,
    );
    const found = await problemsOf(runWith({}, ['check', sample, '--format', 'json']));
    const own = found.filter(({ service }) => service === 'shop/no-endpoints:http');
    expect(own.map(({ code }) => code)).toEqual(['no-endpoints', 'selector-matches-nothing']);
    for (const { message } of own) expect(message).toContain(' matches no Pod.');
  });

  it('says where to look where they do not', async () => {
    const { out } = await runWith({}, ['check', join(sample, 'iptables-save.txt'), '--objects', noPods]);
    expect(out).toContain('Look whether its selector');
    expect(out).toContain('[no-endpoints]');
  });
});

describe('rules and objects that disagree', () => {
  it('are warnings, at the rule or at the chain that it would be in', async () => {
    const found = await problemsOf(runWith({}, ['check', sample, '--objects', changed, '--format', 'json']));
    const stale = found.find(({ code }) => code === 'endpoint-stale');
    expect(stale).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('10.244.1.14:8080'),
      file: join(sample, 'iptables-save.txt'),
      service: 'shop/three:http',
      cure: expect.stringContaining('kube-proxy'),
    });
    expect(rules.split('\n')[Number(stale?.['line']) - 1]).toContain('10.244.1.14:8080');
    const missing = found.find(({ code }) => code === 'endpoint-missing');
    expect(missing).toMatchObject({ message: expect.stringContaining('10.244.1.77:8080') });
    expect(rules.split('\n')[Number(missing?.['line']) - 1]).toMatch(/^:KUBE-SVC-SV6Z2RSVTP52NI55 /);
  });

  it('are found with the objects.json that lies beside, and for the file that was named alone', async () => {
    const snapshot = join(folder, 'snapshot');
    cpSync(sample, snapshot, { recursive: true });
    writeFileSync(join(snapshot, 'objects.json'), withoutService('three'));
    const both = await runWith({}, ['check', snapshot]);
    expect(both.out).toContain('[rules-without-service]');
    const four = await runWith({}, ['check', join(snapshot, 'iptables-save.txt')]);
    expect(four.out).toContain('[rules-without-service]');
    rmSync(join(snapshot, 'objects.json'));
    expect(codesIn(await runWith({}, ['check', snapshot]))).toEqual(ofRulesAlone);
  });

  it('are found with a live cluster’s own objects', async () => {
    const live = ['check', '--node', 'node-1', '--format', 'json'];
    const found = await problemsOf(
      runWith({ objects: () => Promise.resolve(readFileSync(changed, 'utf8')) }, live),
    );
    expect(found.map(({ code }) => code)).toContain('endpoint-stale');
    const whole = await problemsOf(runWith({}, live));
    expect([...new Set(whole.map(({ code }) => String(code)))].toSorted()).toEqual(
      [...ofRulesAlone, 'selector-matches-nothing'].toSorted(),
    );
  });

  it('are results of SARIF, each with a rule that is listed', async () => {
    const { out } = await runWith({}, ['check', sample, '--objects', changed, '--format', 'sarif']);
    const log: unknown = JSON.parse(out);
    expect(log).toMatchObject({
      runs: [
        {
          tool: {
            driver: { rules: expect.arrayContaining([expect.objectContaining({ id: 'endpoint-stale' })]) },
          },
          results: expect.arrayContaining([
            expect.objectContaining({ ruleId: 'endpoint-stale', level: 'warning' }),
          ]),
        },
      ],
    });
  });

  it('are none where the objects are of another kind', async () => {
    const empty = join(folder, 'empty.json');
    writeFileSync(empty, '{"kind":"List","items":[]}');
    const run = await runWith({}, ['check', sample, '--objects', empty]);
    expect({ code: run.code, codes: codesIn(run) }).toEqual({ code: 0, codes: ofRulesAlone });
  });
});
