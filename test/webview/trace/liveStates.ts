/** States of a live node's panel: the way over several nodes, rules that are not had, the same packet side by side. */
import { askedElsewhere, differencesOf, summaryOf } from '../../../src/kubeproxy/journey/sideBySide.ts';
import type { NodeAnswer } from '../../../src/protocol/requests.ts';
import { type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { journey, nodeOf } from '../../kubeproxy/journey/twoNodes.ts';
import { stateOf, TraceHost } from './traceHost.ts';
import { type Answer, answerOf } from './narratives.ts';
import type { PanelStateShown } from './panelStates.ts';

export const liveUri = uriOf('node-1');
const form = { from: 'pod:10.244.1.7', to: '10.96.12.3:80', protocol: 'tcp' };
const nodePort = { ...form, to: '192.168.0.2:30080' };
const drop = '-d 10.244.3.4/32 -p tcp -m comment --comment "nothing goes to web-b" -j DROP';

type Nodes = Readonly<Record<string, Analysis>>;

const all: Nodes = { 'node-2': nodeOf(2), 'node-3': nodeOf(3, { forward: [drop] }) };

function uriOf(node: string): string {
  return `kube-proxy:/kind-dev/${node}/iptables-save`;
}

/** What the server answers on node-1, with the rules of `others`. */
export function liveAnswer(asked: typeof form, others: Nodes): Answer {
  const { narrative, continuations } = journey(nodeOf(1), asked, others);
  const names = Object.keys(others);
  return {
    ...answerOf(narrative),
    uris: { iptables: liveUri },
    continuations,
    nodeUris: Object.fromEntries(names.map((node) => [node, { iptables: uriOf(node) }])),
    wanted: ['node-2', 'node-3']
      .filter((node) => !names.includes(node))
      .map((node) => ({ node, uri: uriOf(node) })),
  };
}

/** On three nodes, of which one drops, and one without rules. */
export function nodeAnswers(): readonly NodeAnswer[] {
  const nodes: Nodes = { 'node-1': nodeOf(1), 'node-2': nodeOf(2), ...all };
  const told = Object.entries(nodes).map(([node, analysis]) => {
    const leg = journey(analysis, form);
    const note = askedElsewhere(leg.flow, form.from, analysis);
    return {
      uri: uriOf(node),
      node,
      summary: summaryOf(leg.narrative),
      message: '',
      fromNote: 'pod default/client',
      note,
    };
  });
  const differs = differencesOf(told.map(({ summary }) => summary));
  return [
    ...told.map((each, at) => ({ ...each, differs: differs[at] ?? [] })),
    {
      uri: uriOf('node-4'),
      node: 'node-4',
      summary: null,
      message: 'There are no rules in this document: open the output of "iptables-save".',
      fromNote: '',
      note: '',
      differs: [],
    },
  ];
}

/** A panel of node-1 in the context kind-dev. */
export function liveHost(
  asked: typeof form,
  others: () => Nodes,
  more: Partial<ConstructorParameters<typeof TraceHost>[1]> = {},
  compared: readonly string[] = [],
  name = 'node-1 · kind-dev',
): TraceHost {
  const state = {
    ...stateOf(asked, true),
    uri: liveUri,
    name,
    taken: Date.now() - 185_000,
    compared,
  };
  return new TraceHost(state, {
    trace: async (params) => Promise.resolve(liveAnswer({ ...form, ...params.form }, others())),
    traceOnNodes: async () => Promise.resolve(nodeAnswers()),
    ...more,
  });
}

export const liveStates: readonly PanelStateShown[] = [
  {
    name: 'live-continued',
    host: () => liveHost(form, () => all),
    arrange: (page) => page.getByRole('option', { name: /10\.244\.3\.4/ }).click(),
    settled: 'Then on node-3',
  },
  {
    name: 'live-three-nodes',
    host: () => liveHost(nodePort, () => all),
    settled: 'Then on node-2',
  },
  { name: 'live-missing', host: () => liveHost(form, () => ({})), settled: 'whose rules are not here' },
  {
    name: 'live-refused',
    host: () =>
      liveHost(form, () => ({}), {
        getRules: async () =>
          Promise.resolve({ problem: 'create pods/exec in kube-system is forbidden for the user dev.' }),
      }),
    arrange: (page) => page.getByRole('button', { name: 'Get node-2’s rules' }).click(),
    settled: 'create pods/exec in kube-system is forbidden',
  },
  {
    name: 'live-side-by-side',
    host: () => liveHost(form, () => all, {}, ['node-1', 'node-2', 'node-3', 'node-4'].map(uriOf)),
    settled: 'differs: verdict',
  },
];
