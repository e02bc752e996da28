/** Narratives written by hand, in the words of UX.md: states that are hard to reach with real rules, and the layout's worst. */
import type {
  Narrative,
  NarrativeAssumption,
  NarrativeOutcome,
  NarrativeStage,
  NarrativeStep,
} from '../../../src/kubeproxy/narrative/narrative.ts';
import type { Drawing } from '../../../src/kubeproxy/picture/drawing.ts';
import type { TraceAnswer } from '../../../src/protocol/requests.ts';

export type Answer = Extract<TraceAnswer, { readonly kind: 'answer' }>;

export function step(
  id: string,
  kind: NarrativeStep['kind'],
  label: string,
  more: Partial<NarrativeStep> = {},
): NarrativeStep {
  return {
    id,
    kind,
    number: null,
    label,
    detail: '',
    chance: null,
    changes: [],
    verdict: null,
    location: null,
    place: null,
    service: null,
    children: [],
    skipped: null,
    ...more,
  };
}

export function rule(
  id: string,
  number: number,
  label: string,
  more: Partial<NarrativeStep> = {},
): NarrativeStep {
  const location = { source: 'iptables', line: 100 + number, startCharacter: 0, endCharacter: 40 } as const;
  return step(id, 'rule', label, { number, location, ...more });
}

function skipped(id: string, count: number, table: string, chain: string): NarrativeStep {
  return step(id, 'skipped', `${count} ${count === 1 ? 'rule' : 'rules'} did not match`, {
    skipped: { table, chain, from: 0, to: count - 1 },
  });
}

function stage(hook: string, table: string | null, word: string, stepId: string | null): NarrativeStage {
  return { hook, table, word, stepId };
}

export const forwardStages: readonly NarrativeStage[] = [
  stage('PREROUTING', 'raw', '', 's0'),
  stage('PREROUTING', 'mangle', '', 's1'),
  stage('PREROUTING', 'nat', 'DNAT', 'dnat'),
  stage('routing', null, '→ cni0', 'routing'),
  stage('FORWARD', 'mangle', '', 's4'),
  stage('FORWARD', 'filter', 'accept', 'filter'),
  stage('POSTROUTING', 'mangle', '', 's6'),
  stage('POSTROUTING', 'nat', '', 's7'),
  stage('end', null, '→ cni0', 'end'),
];

const destinations = [
  ['10.244.1.5:8080', 'web-7d9f-abcde on node-1', 'KUBE-SEP-23NJHVVX7K5XSDQ2'],
  ['10.244.2.9:8080', 'web-7d9f-fghij on node-2', 'KUBE-SEP-7QMXBHW2CLN4T5RA'],
  ['10.244.3.4:8080', 'web-7d9f-klmno on node-3', 'KUBE-SEP-OGNOLD2JUSLFPOMZ'],
] as const;

function forwardPath(index: number): readonly NarrativeStep[] {
  const [to, , chain] = destinations[index] ?? destinations[0];
  const change = { field: 'destination', was: '10.96.12.3:80', is: to } as const;
  const dnat = rule('dnat', 2, '-p tcp', { detail: 'DNAT to the endpoint', changes: [change] });
  const sep = rule('sep', 2 + index, '-m statistic --probability 0.33333333349', {
    detail: chain,
    chance: `1 of ${3 - index}`,
    children: [skipped('skip-sep', 1, 'nat', chain), dnat],
  });
  const svc = rule('svc', 12, '-d 10.96.12.3/32 -p tcp --dport 80', {
    detail: 'default/web:http balances over 3 endpoints · KUBE-SVC-LOLE4ISW44XBNF3G',
    children: [skipped('skip-svc', 1 + index, 'nat', 'KUBE-SVC-LOLE4ISW44XBNF3G'), sep],
  });
  const portals = rule('portals', 1, 'every packet → KUBE-SERVICES', {
    detail: 'kubernetes service portals',
    children: [skipped('skip', 11, 'nat', 'KUBE-SERVICES'), svc],
  });
  const forward = rule('forward', 1, 'every packet → KUBE-FORWARD', {
    detail: 'kubernetes forwarding rules',
    verdict: 'accept',
  });
  return [
    step('s0', 'hook', 'PREROUTING · raw', { detail: 'empty, policy ACCEPT' }),
    step('conntrack', 'conntrack', 'conntrack: NEW', { detail: 'the first packet of a connection' }),
    step('s2', 'hook', 'PREROUTING · nat', { children: [portals] }),
    step('routing', 'routing', 'routing: out by cni0', { detail: '10.244.1.0/24 dev cni0' }),
    step('filter', 'hook', 'FORWARD · filter', { detail: 'accepted', children: [forward] }),
    step('s7', 'hook', 'POSTROUTING · nat', {
      detail: 'policy ACCEPT',
      children: [skipped('skip-post', 4, 'nat', 'POSTROUTING')],
    }),
    step('end', 'end', 'leaves by cni0', { verdict: 'forward' }),
  ];
}

function forwardOutcome(index: number): NarrativeOutcome {
  const [title, subtitle] = destinations[index] ?? destinations[0];
  return {
    id: `o${index}`,
    verdict: 'forward',
    mark: 'forward',
    share: 1 / 3,
    title,
    subtitle,
    sourceChange: null,
    destinationChange: { field: 'destination', was: '10.96.12.3:80', is: title },
    marks: [],
    notices: ['The answer comes back through this node, which turns the address back.'],
    stages: forwardStages,
    path: forwardPath(index),
  };
}

export const newConnection: NarrativeAssumption = {
  key: 'new',
  code: 'new-connection',
  message: 'This is the first packet of a new connection.',
  claim: null,
  branched: false,
  options: [],
  decided: null,
};

export const forwarded: Narrative = {
  verdict: 'forward',
  headline: 'Forwarded to one of 3 endpoints of default/web:http.',
  details: ['The pod sees the client’s own address.', 'Replies come back through this node.'],
  assumptions: [newConnection],
  named: [],
  pods: [],
  groups: [{ condition: '', outcomes: [0, 1, 2].map(forwardOutcome) }],
};

function ended(verdict: 'reject' | 'drop', label: string, detail: string, title: string): NarrativeOutcome {
  const last = rule('last', 3, label, { detail, verdict });
  return {
    id: 'o0',
    verdict,
    mark: verdict,
    share: 1,
    title,
    subtitle: '',
    sourceChange: null,
    destinationChange: null,
    marks: verdict === 'drop' ? ['masquerade mark'] : [],
    notices: [],
    stages: [
      stage('PREROUTING', 'raw', '', 's0'),
      stage('PREROUTING', 'mangle', '', 's1'),
      stage('PREROUTING', 'nat', '', 's2'),
      stage('routing', null, '→ eth0', 'routing'),
      stage('FORWARD', 'mangle', '', 's4'),
      stage('FORWARD', 'filter', verdict, 'last'),
      stage('end', null, verdict === 'drop' ? 'dropped' : 'rejected', 'end'),
    ],
    path: [
      step('s2', 'hook', 'PREROUTING · nat', {
        detail: 'policy ACCEPT',
        children: [skipped('skip', 74, 'nat', 'KUBE-SERVICES')],
      }),
      step('routing', 'routing', 'routing: out by eth0', { detail: 'default via 192.168.0.1' }),
      step('filter', 'hook', 'FORWARD · filter', {
        children: [
          rule('jump', 2, 'ctstate NEW → KUBE-SERVICES', {
            detail: 'kubernetes service portals',
            children: [skipped('skip2', 2, 'filter', 'KUBE-SERVICES'), last],
          }),
        ],
      }),
      step('end', 'end', verdict === 'drop' ? 'dropped' : 'rejected', { verdict }),
    ],
  };
}

export const rejected: Narrative = {
  verdict: 'reject',
  headline: 'Rejected: default/api has no endpoints.',
  details: [
    'The client sees “connection refused” at once.',
    'Rule 3 of KUBE-SERVICES in table filter answers with ICMP port unreachable; kube-proxy wrote it.',
  ],
  assumptions: [newConnection],
  named: [],
  pods: [],
  groups: [
    {
      condition: '',
      outcomes: [
        ended(
          'reject',
          '-d 10.96.7.7/32 -p tcp --dport 443',
          'default/api has no endpoints · REJECT with icmp-port-unreachable',
          '10.96.7.7:443',
        ),
      ],
    },
  ],
};

export const dropped: Narrative = {
  verdict: 'drop',
  headline: 'Dropped by rule 3 of KUBE-FIREWALL-2X: 203.0.113.9 is not in the load balancer’s source ranges.',
  details: ['The client hangs until it times out.'],
  assumptions: [newConnection],
  named: [],
  pods: [],
  groups: [
    {
      condition: '',
      outcomes: [
        ended(
          'drop',
          'every packet → DROP',
          'other traffic to default/web:http is not accepted by KUBE-FW',
          '203.0.113.10:80',
        ),
      ],
    },
  ],
};

const yesOrNo = (key: string): NarrativeAssumption['options'] => [
  { word: 'yes', decisions: [{ key, value: true }] },
  { word: 'no', decisions: [{ key, value: false }] },
];

const blocked: NarrativeAssumption = {
  key: 'set:blocked',
  code: 'ipset-unknown',
  message: 'The snapshot has no ipset-save.txt, so it is not known what the set “blocked” contains.',
  claim: 'the ipset “blocked” contains the source',
  branched: true,
  options: yesOrNo('set:blocked'),
  decided: null,
};

const entered: NarrativeAssumption = {
  key: 'recent',
  code: 'served-before',
  message: 'Nobody is taken to have served the client at default/web:http before.',
  claim: 'an endpoint of default/web:http served the client before',
  branched: false,
  options: [
    { word: 'nobody', decisions: [] },
    { word: 'web-0', decisions: [{ key: 'recent', value: true }] },
    { word: 'web-1', decisions: [{ key: 'recent-1', value: true }] },
  ],
  decided: null,
};

export const undecided: Narrative = {
  verdict: 'mixed',
  headline:
    'It depends: dropped if the ipset “blocked” contains the source, else forwarded to one of 3 endpoints of default/web:http.',
  details: ['Which of the two is so cannot be told from this snapshot.'],
  assumptions: [newConnection, entered, blocked],
  named: [],
  pods: [],
  groups: [
    {
      condition: 'If the ipset “blocked” contains the source',
      outcomes: [
        {
          ...ended('drop', '-m set --match-set blocked src → DROP', 'FORWARD · filter', '10.96.12.3:80'),
          id: 'd0',
        },
      ],
    },
    {
      condition: 'If the ipset “blocked” does not contain the source',
      outcomes: [0, 1, 2].map(forwardOutcome),
    },
  ],
};

const empty: Drawing = { width: 0, height: 0, parts: [], targets: [] };

/** Where a test is not about the picture. */
export const noPicture = { across: empty, upright: empty };

export function answerOf(narrative: Narrative): Answer {
  return {
    kind: 'answer',
    narrative,
    uris: { iptables: 'file:///node-1.iptables-save' },
    fromNote: 'pod default/client, enters by cni0',
    toNote: 'ClusterIP of default/web:http',
    copies: {
      command: 'kube-proxy-explorer trace node-1 --from pod:10.244.1.7 --to 10.96.12.3:80',
      json: '{"id":"1"}',
      markdown: '**Forwarded**',
      mermaid: 'flowchart LR',
      svg: '<svg/>',
    },
    picture: noPicture,
    continuations: [],
    nodeUris: {},
    wanted: [],
  };
}
