/** Reasons that only the cluster's objects tell: NetworkPolicies, probes, names of ports, readiness that comes and goes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { diagnosing } from '../../../src/kubeproxy/diagnose/diagnose.ts';
import type { Diagnosis, StepId } from '../../../src/kubeproxy/diagnose/diagnosis.ts';
import { subjectNamed } from '../../../src/kubeproxy/diagnose/subject.ts';
import { allFindings } from '../../../src/kubeproxy/findings/all.ts';
import { finish } from '../../../src/values/steps.ts';

const sample = (name: string): string => readFileSync(`media/samples/kube-proxy-1.36/${name}`, 'utf8');

interface ApiObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  spec?: object;
  status?: object;
  endpoints?: { conditions: object }[];
}

interface Changes {
  readonly added?: readonly object[];
  readonly edit?: (object: ApiObject) => void;
  readonly rules?: (text: string) => string;
}

function analysisWith({ added = [], edit = () => undefined, rules = (text) => text }: Changes) {
  const list: { items: ApiObject[] } = JSON.parse(sample('objects.json'));
  list.items.forEach(edit);
  const objects = JSON.stringify({ ...list, items: [...list.items, ...added] });
  const texts = (['ip-addr.json', 'ip-route.json', 'sysctl.txt'] as const).map(
    (name) => [name, sample(name)] as const,
  );
  return analysisOfFiles(
    new Map([
      ...texts,
      ['iptables-save.txt', rules(sample('iptables-save.txt'))] as const,
      ['objects.json', objects] as const,
    ]),
  );
}

function diagnose(changes: Changes, from: string | null = null): Diagnosis {
  const reading = subjectNamed('shop/three', analysisWith(changes));
  if (reading.kind === 'wrong') throw new Error(reading.message);
  return finish(diagnosing(reading.subject, from));
}

function stepOf({ steps }: Diagnosis, id: StepId) {
  return steps.find((step) => step.id === id);
}

const policy = (name: string, spec: object): object => ({
  kind: 'NetworkPolicy',
  metadata: { namespace: 'shop', name },
  spec: { podSelector: { matchLabels: { app: 'three' } }, ...spec },
});

/** As Calico writes the policy (felix/rules of v3.30). */
const calico = (text: string): string =>
  text.replace(
    '*filter\n',
    '*filter\n:cali-pi-abc - [0:0]\n-A cali-pi-abc -m comment --comment "cali:x" -m comment --comment "Policy shop/knp.default.deny ingress" -j RETURN\n',
  );

describe('a NetworkPolicy', () => {
  it('that lets nobody in is the first sentence, with what would allow them', () => {
    const diagnosis = diagnose({ added: [policy('deny', {})], rules: calico });
    expect(diagnosis.verdict).toBe('fails');
    expect(diagnosis.summary).toMatch(
      /^NetworkPolicy shop\/deny lets nobody in to the Pods of shop\/three:http at 8080\/TCP: .* a NetworkPolicy in namespace shop .* port 8080\/TCP\./u,
    );
    const step = stepOf(diagnosis, 'policies');
    expect(step?.evidence.map(({ says }) => says)).toEqual([
      'NetworkPolicy shop/deny',
      'NetworkPolicy shop/deny as a rule of Calico: cali-pi-abc',
    ]);
    expect(diagnosis.findings.map(({ code }) => code)).toContain('policy-forbids');
  });

  it('of which nothing shows that anybody enforces it is the first sentence, and an assumption', () => {
    const diagnosis = diagnose({ added: [policy('deny', {})] });
    expect(diagnosis.verdict).toBe('unknown');
    expect(diagnosis.summary).toMatch(
      /^NetworkPolicy shop\/deny lets nobody in .*Assumed: the network plugin enforces/u,
    );
  });

  it('that lets some in says whom, and how many it keeps out', () => {
    const front = { from: [{ podSelector: { matchLabels: { app: 'one' } } }], ports: [{ port: 8080 }] };
    const diagnosis = diagnose({ added: [policy('only', { ingress: [front] })], rules: calico });
    expect(diagnosis.summary).toMatch(
      /^NetworkPolicy shop\/only lets in to the Pods of shop\/three:http at 8080\/TCP only Pods with app=one of shop, and nobody outside: \d+ of \d+ kinds of Pods \(of .*\) are kept out\./u,
    );
    expect(stepOf(diagnosis, 'policies')?.state).toBe('warn');
  });

  it('that lets in by labels of namespaces that nobody gave counts nobody as kept out', () => {
    const from = [{ namespaceSelector: { matchLabels: { team: 'a' } } }];
    const { summary } = diagnose({ added: [policy('only', { ingress: [{ from }] })] });
    expect(summary).toMatch(/which of \d+ kinds of Pods that leaves out is not known/u);
    expect(summary).not.toContain('0 of');
  });

  it('is asked for the one client that is named', () => {
    const front = { from: [{ podSelector: { matchLabels: { app: 'fifty' } } }] };
    const only = { added: [policy('only', { ingress: [front] })], rules: calico };
    expect(diagnose(only, 'pod:10.244.1.20').summary).not.toContain('NetworkPolicy');
    const other = diagnose(only, 'external:203.0.113.7');
    expect(other.summary).toMatch(/^NetworkPolicy shop\/only does not let 203\.0\.113\.7 in to the Pods/u);
    expect(other.verdict).toBe('fails');
  });

  it('for other Pods is none of its business', () => {
    const others = policy('deny', { podSelector: { matchLabels: { app: 'x' } } });
    expect(stepOf(diagnose({ added: [others] }), 'policies')).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(/^No NetworkPolicy selects the Pods of shop\/three/u),
    });
  });
});

/** A slice without endpoints, and Pods of it that are as `status` says. */
const emptied =
  (pod: (object: ApiObject) => void, service: (object: ApiObject) => void = () => undefined) =>
  (object: ApiObject): void => {
    if (object.metadata.namespace !== 'shop' || !/^three\b/u.test(object.metadata.name)) return;
    if (object.kind === 'EndpointSlice') object.endpoints = [];
    if (object.kind === 'Pod' && /^three-\d$/u.test(object.metadata.name)) pod(object);
    if (object.kind === 'Service') service(object);
  };

const event = (message: string, count: number): object => ({
  kind: 'Event',
  metadata: { namespace: 'shop', name: 'three-0.1' },
  involvedObject: { kind: 'Pod', name: 'three-0' },
  reason: 'Unhealthy',
  message,
  count,
  lastTimestamp: '2026-01-01T10:00:00Z',
});

const waiting = (state: object, probe: object = {}) =>
  emptied((pod) => {
    pod.spec = { ...pod.spec, containers: [{ name: 'web', ...probe }] };
    pod.status = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ name: 'web', ready: false, started: true, restartCount: 7, state }],
    };
  });

const named = (port: object) =>
  emptied(
    (pod) => {
      pod.spec = { ...pod.spec, containers: [{ name: 'web', ports: [port] }] };
    },
    (service) => {
      service.spec = {
        ...service.spec,
        ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'web' }],
      };
    },
  );

describe('no endpoints', () => {
  it('since a probe fails: which, what it asks and what was noticed', () => {
    const probe = { readinessProbe: { httpGet: { path: '/healthz', port: 8080 } } };
    const { summary, findings } = diagnose({
      edit: waiting({ running: {} }, probe),
      added: [event('Readiness probe failed: HTTP probe failed with statuscode: 500', 14)],
    });
    expect(summary).toContain(
      'The readiness probe of container web fails, restarted 7 times: GET /healthz at port 8080 (Readiness probe failed: HTTP probe failed with statuscode: 500, 14 times).',
    );
    expect(findings.map(({ code }) => code)).toContain('pods-not-ready');
  });

  it('since a container does not run', () => {
    expect(diagnose({ edit: waiting({ waiting: { reason: 'CrashLoopBackOff' } }) }).summary).toContain(
      'Container web is waiting (CrashLoopBackOff), restarted 7 times.',
    );
  });

  it.each([
    ['False', true],
    ['Unknown', true],
    ['True', false],
    [null, false],
  ] as const)('since the node is not ready: %s', (status, isSaid) => {
    const conditions = status === null ? [] : [{ type: 'Ready', status }];
    const stopped = waiting({ waiting: { reason: 'CrashLoopBackOff' } });
    const edit = (object: ApiObject): void => {
      stopped(object);
      if (object.kind === 'Node') object.status = { ...object.status, conditions };
    };
    const { summary } = diagnose({ edit });
    expect(summary.includes('is not ready or does not answer.')).toBe(isSaid);
    expect(summary.includes('Container web is waiting')).toBe(!isSaid);
  });

  it('since no container port has the name', () => {
    const { summary, findings } = diagnose({ edit: named({ name: 'http', containerPort: 8080 }) });
    expect(summary).toContain(
      'its targetPort of port http is "web", and Pod three-0 has no container port of that name. It has http.',
    );
    expect(findings.map(({ code }) => code)).toContain('target-port-missing');
  });

  it('since the container port of that name has another protocol', () => {
    expect(
      diagnose({ edit: named({ name: 'web', containerPort: 8080, protocol: 'UDP' }) }).summary,
    ).toContain(
      'its targetPort of port http is "web" at TCP, and the container port of that name in Pod three-0 is one of UDP.',
    );
  });
});

it('readiness that comes and goes is a warning', () => {
  const diagnosis = diagnose({ added: [event('Readiness probe failed: timeout', 31)] });
  expect(stepOf(diagnosis, 'endpoints')).toMatchObject({
    state: 'warn',
    message: expect.stringContaining(
      'The readiness of Pod three-0 comes and goes: Readiness probe failed: timeout, 31 times.',
    ),
  });
});

it('a policy that shuts a Service is a finding of check', () => {
  const found = finish(allFindings(analysisWith({ added: [policy('deny', {})], rules: calico })));
  const forbids = found.filter(({ code }) => code === 'policy-forbids');
  expect(forbids.map(({ service, assumes }) => [service, assumes])).toEqual([['shop/three:http', null]]);
  expect(forbids[0]?.at).toMatchObject({ chain: 'cali-pi-abc' });
});

function isThree({ kind, metadata }: ApiObject): boolean {
  return kind === 'Service' && metadata.name === 'three';
}

function without(leave: (object: ApiObject) => boolean): Diagnosis {
  const list: { items: ApiObject[] } = JSON.parse(sample('objects.json'));
  const kept = JSON.stringify({ ...list, items: list.items.filter((object) => !leave(object)) });
  const analysis = analysisOfFiles(
    new Map([['iptables-save.txt', sample('iptables-save.txt')] as const, ['objects.json', kept] as const]),
  );
  const reading = subjectNamed('shop/three', analysis);
  if (reading.kind === 'wrong') throw new Error(reading.message);
  return finish(diagnosing(reading.subject, null));
}

describe('objects that do not have what the rules have', () => {
  it('say that the Service is gone, once', () => {
    const diagnosis = without(isThree);
    expect(diagnosis.verdict).toBe('fails');
    expect(diagnosis.summary).toMatch(/^The cluster has no Service shop\/three, [^.]*\.$/u);
    expect(stepOf(diagnosis, 'rules')?.state).toBe('fail');
  });

  it('of a part of the cluster leave that open, and do not pass for none', () => {
    const diagnosis = without((object) => object.metadata.namespace !== 'shop' || isThree(object));
    expect(diagnosis.verdict).toBe('unknown');
    expect(diagnosis.summary).toMatch(/^The objects that were given have no Service shop\/three/u);
    expect(diagnosis.summary).not.toContain('is reached at');
    expect(stepOf(diagnosis, 'rules')?.message).toContain(
      'the objects that were given do not have this Service',
    );
    expect(stepOf(diagnosis, 'endpoints')?.state).toBe('ok');
  });

  it('and no Pod at an address that the rules balance over say so', () => {
    const diagnosis = without(
      (object) =>
        object.metadata.namespace !== 'shop' ||
        isThree(object) ||
        (object.kind === 'Pod' && object.metadata.name === 'three-0'),
    );
    expect(stepOf(diagnosis, 'endpoints')).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('10.244.1.14 is of no Pod and no Node among the objects'),
    });
  });

  it('name an endpoint of a Pod that the cluster does not have', () => {
    const diagnosis = without((object) => object.kind === 'Pod' && object.metadata.name === 'three-0');
    expect(diagnosis.verdict).toBe('fails');
    expect(diagnosis.summary).toMatch(
      /^The EndpointSlices of shop\/three list 10\.244\.1\.14 \(Pod shop\/three-0\), and the cluster has no such Pod now/u,
    );
  });
});

it('counts no endpoint that is not ready among those of a Pod that is gone', () => {
  const { summary } = diagnose({
    edit: (object) => {
      if (object.kind === 'Pod' && object.metadata.name === 'three-0')
        Object.assign(object.metadata, { name: 'another' });
      if (object.kind !== 'EndpointSlice' || !object.metadata.name.startsWith('three')) return;
      for (const endpoint of object.endpoints ?? [])
        if (JSON.stringify(endpoint).includes('three-0')) endpoint.conditions = { ready: false };
    },
  });
  expect(summary).not.toContain('no such Pod');
});

describe('policies of kinds that are not read', () => {
  it('are named, and nothing is said to be let in', () => {
    const added = [
      {
        apiVersion: 'policy.networking.k8s.io/v1alpha1',
        kind: 'AdminNetworkPolicy',
        metadata: { name: 'deny-all' },
      },
      {
        apiVersion: 'projectcalico.org/v3',
        kind: 'NetworkPolicy',
        metadata: { namespace: 'shop', name: 'own' },
        spec: { selector: 'all()' },
      },
      policy('all', { ingress: [{}] }),
    ];
    const diagnosis = diagnose({ added });
    const said =
      'The objects hold 1 × AdminNetworkPolicy.policy.networking.k8s.io and 1 × NetworkPolicy.projectcalico.org: such policies are not read';
    expect(stepOf(diagnosis, 'policies')).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining(said),
    });
    expect(diagnosis.verdict).toBe('works');
    expect(diagnosis.summary).toContain(said);
    expect(diagnosis.summary).not.toContain('shop/own');
  });
});
