/** Diagnose Service: what is wrong with it is the first sentence, and each step says what it stands on. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { diagnosing } from '../../../src/kubeproxy/diagnose/diagnose.ts';
import type { Diagnosis, StepId } from '../../../src/kubeproxy/diagnose/diagnosis.ts';
import { subjectNamed } from '../../../src/kubeproxy/diagnose/subject.ts';
import { tellDiagnosis } from '../../../src/kubeproxy/diagnose/told.ts';
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

it('begins with a known connection that leads to nobody, where all else is well', () => {
  const [dns, gone] = [
    'dst=10.96.0.10 sport=5353 dport=53',
    'src=10.244.9.9 dst=10.244.1.5 sport=53 dport=5353',
  ];
  sample.set('conntrack.txt', `udp 17 29 src=10.244.1.5 ${dns} [UNREPLIED] ${gone} mark=0 use=1\n`);
  const diagnosis = diagnose('kube-system/kube-dns');
  sample.delete('conntrack.txt');

  const { verdict, headline, more, summary } = diagnosis;
  expect(verdict).toBe('works');
  expect(headline).toMatch(/^A connection of 10\.244\.1\.5 to kube-system\/kube-dns:dns /);
  expect(more[0]).toMatch(/^Beside that, kube-system\/kube-dns is reached at /);
  expect(summary).toBe([headline, ...more].join(' '));
  // One client gets no answer: no green sign stands before that.
  expect(tellDiagnosis(diagnosis, () => null).state).toBe('warn');
});

it('says of a part of a dump that holds the Service no more than it shows', () => {
  const services =
    /^:KUBE-SERVICES [^\n]*\n|^-A (?:PREROUTING|OUTPUT) [^\n]*KUBE-SERVICES\n|^[^\n]*KUBE-S(?:VC|EP)-[^\n]*\n/gmu;
  const part = (text: string): string =>
    `*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${[...text.matchAll(services)].map(([line]) => line).join('')}COMMIT\n`;
  const diagnosis = diagnose('shop/three', { 'iptables-save.txt': part });

  expect(stateOf(diagnosis, 'kube-proxy')).toBe('unknown');
  expect(diagnosis.summary).not.toContain('nothing of kube-proxy');
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
      /^Rule 1 of FORWARD drops everything .* shop\/three: From a pod.* to ClusterIP 10\.106\.89\.61:80\/TCP: Dropped by rule 1 of FORWARD/u,
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
      /none of its 3 Pods is ready: three-0 \(Running\)/u,
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

describe('a cause that is more than the packet that shows it', () => {
  const cases: readonly (readonly [what: string, service: string, change: Change, summary: RegExp])[] = [
    [
      'jumps that somebody flushed',
      'shop/three',
      {
        'iptables-save.txt': (text) => text.replaceAll(/^-A (?:PREROUTING|OUTPUT) .*KUBE-SERVICES\n/gmu, ''),
      },
      /^Table nat has no jump from PREROUTING to KUBE-SERVICES .* Restart kube-proxy .* From a pod.* Nobody answers there/u,
    ],
    [
      'a policy of FORWARD',
      'shop/three',
      { 'iptables-save.txt': (text) => text.replace(/(\*filter\n[^*]*:FORWARD) ACCEPT/u, '$1 DROP') },
      /^The policy of FORWARD is DROP.* also not through Services\. Accept the traffic of pods/u,
    ],
    [
      'a node that does not forward',
      'shop/three',
      {
        'sysctl.txt': (text) =>
          text.replaceAll(/^(net\.ipv4\.(?:ip_forward|conf\.\w+\.forwarding)) = 1$/gmu, '$1 = 0'),
      },
      /forwarding is off for cni0; .* "sysctl -w net\.ipv4\.ip_forward=1"/u,
    ],
  ];

  it.each(cases)('begins with %s', (_, service, change, summary) => {
    const diagnosis = diagnose(service, change);

    expect(diagnosis.verdict).toBe('fails');
    expect(diagnosis.summary).toMatch(summary);
  });

  it('is the first sentence where only some packets are lost', () => {
    const { verdict, summary } = diagnose('shop/three', {
      'sysctl.txt': (text) => text.replace('bridge-nf-call-iptables = 1', 'bridge-nf-call-iptables = 0'),
    });

    expect(verdict).toBe('fails');
    expect(summary).toMatch(
      /^shop\/three: From a pod .* in 33\.3 % of cases .*\.bridge-nf-call-iptables is 0\. Have bridged packets pass /u,
    );
  });

  it('is a rule that refuses one endpoint of several', () => {
    const { verdict, summary } = diagnose('shop/three', {
      'iptables-save.txt': (text) =>
        text.replace('-A FORWARD ', '-A FORWARD -d 10.244.2.0/24 -j REJECT\n-A FORWARD '),
    });

    expect(verdict).toBe('fails');
    expect(summary).toMatch(
      / or rejected by rule 1 of FORWARD .* Have rule 1 of FORWARD leave these packets alone/u,
    );
  });

  it('is a full table of connections beside ways that work', () => {
    const { verdict, summary } = diagnose('shop/three', {
      'sysctl.txt': (text) =>
        `${text}net.netfilter.nf_conntrack_count = 100\nnet.netfilter.nf_conntrack_max = 100\n`,
    });

    expect(verdict).toBe('works');
    expect(summary).toMatch(
      /^The node’s table of connections is full, .* Beside that, shop\/three is reached/u,
    );
  });
});

describe('a Service that kube-proxy writes no rules for', () => {
  it('is known by name where it is an ExternalName without ports', () => {
    const { verdict, summary } = diagnose('shop/external-name');

    expect(verdict).toBe('unknown');
    expect(summary).toMatch(/^shop\/external-name is an ExternalName: DNS answers with another name/u);
  });

  it('says of a headless one what it is, and looks at its endpoints', () => {
    const diagnosis = diagnose('shop/headless');

    expect(diagnosis.summary).toMatch(/^shop\/headless is headless: DNS answers/u);
    expect(stateOf(diagnosis, 'endpoints')).toBe('ok');
  });
});

it('says that a load balancer has no address yet, and takes a name for one', () => {
  expect(stateOf(diagnose('edge/lb-pending'), 'service')).toBe('warn');
  expect(stateOf(diagnose('edge/lb-hostname'), 'service')).toBe('ok');
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

it('marks a way that stands on an assumption, and says which', () => {
  const diagnosis = diagnose('shop/three');
  const told = tellDiagnosis(diagnosis, () => null);
  const itself = told.ways.rows[0]?.cells[told.ways.columns.indexOf('itself')];

  expect(itself).toMatchObject({ state: 'ok', words: 'assumed' });
  const own = diagnosis.ways.find(({ vantage }) => vantage === 'itself');
  expect(own?.assumes.map(({ code }) => code)).toContain('hairpin-assumed');
  const said = own?.assumes.find(({ code }) => code === 'hairpin-assumed')?.message ?? 'none';
  expect(told.steps.find(({ id }) => id === 'paths')?.message).toContain(`Assumed: ${said}`);
});

it('tells what pods notice where their packets are accepted before the refusal', () => {
  const { summary } = diagnose('shop/no-endpoints', {
    'iptables-save.txt': (text) =>
      text.replace('-A FORWARD ', '-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD '),
  });

  expect(summary).toContain('Not so pods: rule 1 of FORWARD accepts what they send');
});

it('says nothing of paths that fail for the same cause', () => {
  expect(diagnose('shop/no-endpoints').summary).not.toMatch(/See also|More is wrong/u);
});

it('finds one cause in a route of type blackhole, whoever meets it', () => {
  const { findings } = diagnose('shop/three', {
    'ip-route.json': (text) =>
      text.replace(
        '{"dst":"10.244.2.0/24","gateway":"192.168.0.3","dev":"eth0",',
        '{"type":"blackhole","dst":"10.244.2.0/24",',
      ),
  });

  expect(findings.filter(({ code }) => code === 'unreachable-from')).toHaveLength(1);
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

it('is told once of a bridge that hands no frame back, whoever meets it', () => {
  sample.set(
    'bridge-link.txt',
    '4: vethpods@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2 \n    hairpin off guard off root_block off fastleave off learning on flood on \n',
  );
  const { headline, findings } = diagnose('shop/one');
  sample.delete('bridge-link.txt');

  expect(headline).toMatch(/^The bridge cni0 has hairpin mode off .* hairpin on"/u);
  expect(findings.map(({ code }) => code)).toEqual(['hairpin-off']);
});

describe('a way that is lost', () => {
  const withoutRoute: Change = {
    'ip-route.json': (text) => {
      const routes: readonly { readonly dst: string }[] = JSON.parse(text);
      return JSON.stringify(routes.filter(({ dst }) => dst !== '10.244.2.0/24'));
    },
  };

  it('to the Pods of another node leaves in doubt whether a Service with endpoints there works', () => {
    const { verdict, headline, steps } = diagnose('shop/three', withoutRoute);
    expect(headline).toMatch(
      /^This node has routes to the Pods of .* none to those of node-2 \(10\.244\.2\.0\/24\)/u,
    );
    expect(verdict).toBe('unknown');
    expect(steps.find(({ id }) => id === 'rules')?.state).toBe('warn');
  });

  it('to Pods that no connection of the Service is sent to is none of its', () => {
    expect(diagnose('infra/itp-local', withoutRoute).verdict).toBe('works');
  });

  it.each([
    [
      'for want of the rule that led to its chain',
      /^-A KUBE-SERVICES [^\n]*"shop\/three:http cluster IP"[^\n]*\n/mu,
    ],
    ['for want of all rules of the table', /(?<=^\*nat\n)(?:[^C][^\n]*\n)+/mu],
  ])('%s is told by that, and not by a kube-proxy that has not heard of the Service', (_, gone) => {
    const { verdict, findings, headline } = diagnose('shop/three', {
      'iptables-save.txt': (text) =>
        text.replace(gone, (cut) => (cut.startsWith(':') ? ':PREROUTING ACCEPT [0:0]\n' : '')),
    });
    expect(verdict).toBe('fails');
    expect(findings.map(({ code }) => code)).toEqual(['jump-missing']);
    expect(headline).not.toContain('has not seen it');
  });
});
