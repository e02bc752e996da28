/** Diagnose Service: what is wrong with it is the first sentence, and each step says what it stands on. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { diagnosing } from '../../../src/kubeproxy/diagnose/diagnose.ts';
import type { Diagnosis, StepId } from '../../../src/kubeproxy/diagnose/diagnosis.ts';
import { subjectNamed } from '../../../src/kubeproxy/diagnose/subject.ts';
import { finish } from '../../../src/values/steps.ts';

const names = ['iptables-save.txt', 'ip-addr.json', 'ip-route.json', 'sysctl.txt', 'objects.json'] as const;
const sample = new Map<SnapshotFileName, string>();
beforeAll(() => {
  for (const name of names) sample.set(name, readFileSync(`media/samples/kube-proxy-1.36/${name}`, 'utf8'));
});

const NONE: Change = {};

type Change = Partial<Record<SnapshotFileName, (text: string) => string>>;

function diagnose(service: string, change: Change = NONE, from: string | null = null): Diagnosis {
  const files = new Map([...sample].map(([name, text]) => [name, change[name]?.(text) ?? text] as const));
  expect(files).not.toEqual(change === NONE ? null : sample);
  const reading = subjectNamed(service, analysisOfFiles(files));
  if (reading.kind === 'wrong') throw new Error(reading.message);
  return finish(diagnosing(reading.subject, from));
}

function stateOf({ steps }: Diagnosis, id: StepId): string | undefined {
  return steps.find((step) => step.id === id)?.state;
}

it('tells of a healthy Service that it is reached, and what was not looked at', () => {
  const diagnosis = diagnose('shop/three');

  expect(diagnosis.verdict).toBe('works');
  expect(diagnosis.summary).toContain('Whether its Pods answer was not looked at.');
  expect(diagnosis.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'service ok',
    'endpoints ok',
    'kube-proxy ok',
    'rules ok',
    'paths ok',
    'policies unknown',
    'replies ok',
    'pods unknown',
    'dns unknown',
  ]);
  expect(diagnosis.ways.map(({ vantage, verdict }) => `${vantage} ${verdict}`)).toEqual([
    'pod forward',
    'itself forward',
    'node forward',
    'other-node forward',
  ]);
});

describe('the first sentence names the cause', () => {
  const cases: readonly (readonly [
    what: string,
    service: string,
    change: Change,
    summary: RegExp,
    step: StepId,
  ])[] = [
    [
      'a DROP before kube-proxy’s rules',
      'shop/three',
      {
        'iptables-save.txt': (text) =>
          text.replace('-A FORWARD ', '-A FORWARD -m comment --comment corp-fw -j DROP\n-A FORWARD '),
      },
      /^shop\/three: From a pod.* to ClusterIP 10\.106\.89\.61:80\/TCP: Dropped by rule 1 of FORWARD/u,
      'paths',
    ],
    [
      'node ports that are shut to who is outside',
      'edge/np-cluster',
      {
        'iptables-save.txt': (text) =>
          text.replace(
            /^(:INPUT [^]*?)(?=^-A )/mu,
            '$1-A FORWARD -i eth0 -m conntrack --ctstate NEW -m comment --comment corp-fw -j DROP\n',
          ),
      },
      /^edge\/np-cluster: From another node and from outside to ClusterIP \S+ and node port 30080\/TCP: Dropped by rule 1 of FORWARD \("corp-fw"\)[^]* It is reached from a pod/u,
      'paths',
    ],
    [
      'a selector that is off by a letter',
      'shop/three',
      {
        'objects.json': (text) =>
          editObjects(text, (object) => {
            if (object.kind === 'Service' && object.metadata.name === 'three')
              object.spec = { ...object.spec, selector: { app: 'thre' } };
            if (object.kind === 'EndpointSlice' && object.metadata.name.startsWith('three'))
              object.endpoints = [];
          }),
      },
      /its selector app=thre matches no Pod\. Pod three-0 has app=three\./u,
      'endpoints',
    ],
    [
      'Pods that are not ready',
      'shop/three',
      {
        'objects.json': (text) =>
          editObjects(text, (object) => {
            if (object.kind === 'EndpointSlice' && object.metadata.name.startsWith('three'))
              for (const endpoint of object.endpoints ?? [])
                endpoint.conditions = { ready: false, serving: false };
            if (object.kind === 'Pod' && object.metadata.name.startsWith('three-'))
              object.status = { ...object.status, conditions: [{ type: 'Ready', status: 'False' }] };
          }),
      },
      /3 of 3 Pods of it are not ready: three-0 \(Running\)/u,
      'endpoints',
    ],
    [
      'an endpoint that the rules lack',
      'shop/three',
      {
        'iptables-save.txt': (text) =>
          text.replaceAll(/^-A KUBE-SVC-\S+ .*"shop\/three:http -> 10\.244\.1\.14:8080".*\n/gmu, ''),
      },
      /10\.244\.1\.14:8080/u,
      'rules',
    ],
    [
      'answers that are not translated back',
      'shop/three',
      {
        'iptables-save.txt': (text) =>
          `${text}*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --sport 8080 -j NOTRACK\nCOMMIT\n`,
      },
      /the client gets the answer from another address[^]*rule 1 of PREROUTING/u,
      'replies',
    ],
  ];

  it.each(cases)('%s', (_, service, change, summary, step) => {
    const diagnosis = diagnose(service, change);

    expect(diagnosis.verdict).toBe('fails');
    expect(diagnosis.summary).toMatch(summary);
    expect(stateOf(diagnosis, step)).toBe('fail');
  });
});

it('counts what the Service itself refuses as no fault', () => {
  const ranges = diagnose('edge/lb-ranges');

  expect(ranges.verdict).toBe('works');
  expect(ranges.ways.filter(({ isMeant }) => isMeant).length).toBeGreaterThan(0);
});

it('tells of a headless Service that kube-proxy has nothing to do with it', () => {
  const diagnosis = diagnose('shop/headless');

  expect(stateOf(diagnosis, 'paths')).toBe('skipped');
});

it('traces the one client that was asked about', () => {
  const { ways } = diagnose('edge/np-cluster:http', NONE, 'external:203.0.113.7');

  expect(new Set(ways.map(({ vantage }) => vantage))).toEqual(new Set(['given']));
});

interface ApiObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  spec?: object;
  status?: object;
  endpoints?: { conditions: object }[];
}

function editObjects(text: string, edit: (object: ApiObject) => void): string {
  const list: { readonly items: readonly ApiObject[] } = JSON.parse(text);
  for (const object of list.items) edit(object);
  return JSON.stringify(list);
}
