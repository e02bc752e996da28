/** Whether NetworkPolicies let clients in, by the cluster's objects, and which rules of this node say the same. */
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import { parseAddress } from '../../values/address.ts';
import { NOT_SEEN } from '../findings/cluster/ofObjects.ts';
import { readForm } from '../form/flowForm.ts';
import type { PolicyClient } from '../policies/decide.ts';
import { enforcerIn, ruleOfPolicy } from '../policies/enforced.ts';
import { keptFrom, policiesOfPort, type PolicyLook } from '../policies/ofPort.ts';
import { unreadPolicyWords } from '../policies/unread.ts';
import { clientWords, keptWords, shutWords } from '../policies/words.ts';
import type { Analysis } from '../analysis.ts';
import { isSafeName } from '../services/safeName.ts';
import type { Way } from '../ways/way.ts';
import type { DiagnosisStep, StepEvidence } from './diagnosis.ts';
import { notLookedAt } from './notLookedAt.ts';
import type { DiagnosisSubject } from './subject.ts';

/** Policies of Cilium, of Calico and of administrators say more, and are no NetworkPolicies. */
const OTHERS = 'Policies of other kinds (Cilium’s, Calico’s, an administrator’s) were not looked at.';

/** The step, and whether policies let in nobody who was asked about, enforced or not. */
export interface PoliciesLook {
  readonly step: DiagnosisStep;
  readonly keepsAllOut: boolean;
  /** Sentences on policies that were given and are not read; empty for none. */
  readonly unread: string;
}

/** `unknown` where policies are given that are not read. `warn` where policies forbid and nothing in these rules shows that somebody enforces them. */
export function policiesStep(subject: DiagnosisSubject, ways: readonly Way[]): PoliciesLook {
  const look = policiesLook(subject, ways);
  const unread = unreadPolicyWords(subject.analysis.objects);
  const { state, message } = look.step;
  if (unread === '' && state !== 'ok') return { ...look, unread };
  const step =
    unread === ''
      ? { ...look.step, message: `${message} ${OTHERS}` }
      : { ...look.step, state: state === 'ok' ? 'unknown' : state, message: `${message} ${unread}` };
  return { ...look, unread, step };
}

/** Of NetworkPolicies alone. */
function policiesLook(subject: DiagnosisSubject, ways: readonly Way[]): Omit<PoliciesLook, 'unread'> {
  const { analysis, service, ports } = subject;
  const { objects, coverage } = analysis;
  const namespace = service.namespace ?? '';
  if (objects === null || !coverage.covers('networkpolicies', namespace)) return open(notGiven(namespace));
  const looks = ports.map((port) => ({ port: port.name, look: policiesOfPort(port, objects) }));
  if (looks.every(({ look }) => look.targets.length === 0))
    return open(notLookedAt('policies', 'There is no Pod behind it that a NetworkPolicy could select.', ''));
  const said = ways.some(({ vantage }) => vantage === 'given')
    ? ofClient(looks, ways, analysis, objects)
    : ofEverybody(looks, objects);
  const evidence = evidenceOf(
    looks.map(({ look }) => look),
    analysis,
  );
  if (said === null)
    return open({
      id: 'policies',
      state: 'ok',
      message: noneWords(looks, subject.name),
      evidence,
    });
  const enforcer = enforcerIn(analysis.sources);
  const { words, isAll } = said;
  const assumed = enforcer === null ? ` Assumed: ${NOT_SEEN}.` : '';
  const state = isAll && enforcer !== null ? 'fail' : 'warn';
  return {
    step: { id: 'policies', state, message: `${words}${assumed}`, evidence },
    keepsAllOut: isAll,
  };
}

function open(step: DiagnosisStep): Omit<PoliciesLook, 'unread'> {
  return { step, keepsAllOut: false };
}

interface PortLook {
  readonly port: string;
  readonly look: PolicyLook;
}

interface Said {
  readonly words: string;
  /** Whether everybody who is asked about is kept out. */
  readonly isAll: boolean;
}

function ofEverybody(looks: readonly PortLook[], objects: KubernetesObjects): Said | null {
  for (const { port, look } of looks) {
    if (look.shut !== null) return { words: shutWords(look.shut, port, objects), isAll: true };
  }
  for (const { port, look } of looks) {
    const words = keptWords(look, port, objects);
    if (words !== '') return { words, isAll: false };
  }
  return null;
}

/** Of the one source that was asked about. */
function ofClient(
  looks: readonly PortLook[],
  ways: readonly Way[],
  analysis: Analysis,
  objects: KubernetesObjects,
): Said | null {
  for (const { port, look } of looks) {
    const way = ways.find((each) => each.port === port);
    const client = way === undefined ? null : clientOf(way, analysis, objects);
    const why = client === null ? null : keptFrom(client, look.targets, objects);
    if (client === null || why === null) continue;
    const who = client.kind === 'pod' ? `Pod ${client.pod.namespace}/${client.pod.name}` : client.address;
    const isAll = look.targets.every((target) => keptFrom(client, [target], objects) !== null);
    return { words: clientWords(why, who, port), isAll };
  }
  return null;
}

/** Null for the node itself, which policies do not keep from its Pods. */
function clientOf({ packet }: Way, analysis: Analysis, objects: KubernetesObjects): PolicyClient | null {
  const reading = readForm(packet, analysis);
  if (reading.kind !== 'flow' || reading.flow.from.kind === 'node') return null;
  const { address } = reading.flow.from;
  if (address === null) return null;
  const pod = objects.pods.find(({ ips, hostNetwork }) => !hostNetwork && ips.includes(address));
  if (pod !== undefined) return { kind: 'pod', pod };
  return reading.flow.from.kind === 'pod' || parseAddress(address) === null
    ? null
    : { kind: 'address', address };
}

function noneWords(looks: readonly PortLook[], name: string): string {
  const selects = looks.some(({ look }) => look.policies.length > 0);
  return selects
    ? `NetworkPolicies select the Pods of ${name}, and let in whom they were asked for.`
    : `No NetworkPolicy selects the Pods of ${name} or keeps a Pod from them.`;
}

function evidenceOf(looks: readonly PolicyLook[], { sources }: Analysis): readonly StepEvidence[] {
  const kept = looks.flatMap(({ kept: all }) => all.flatMap(({ why }) => why.by));
  const policies = new Set([...looks.flatMap((look) => look.policies), ...kept]);
  return [...policies].slice(0, MOST_NAMED).flatMap((policy): readonly StepEvidence[] => {
    const { namespace, name } = policy;
    const at = ruleOfPolicy(policy, sources);
    const says = `NetworkPolicy ${namespace}/${name}`;
    return [
      { says, about: { resource: 'networkpolicies', namespace, name } },
      ...(at === null
        ? []
        : [{ says: `${says} as a rule of ${enforcerIn(sources) ?? 'a plugin'}: ${at.chain}`, at }]),
    ];
  });
}

const MOST_NAMED = 8;

function notGiven(namespace: string): DiagnosisStep {
  return notLookedAt(
    'policies',
    'NetworkPolicies were not looked at: what a network plugin made of them as rules of this node is part of the paths.',
    isSafeName(namespace) ? `kubectl get networkpolicies -n ${namespace}` : '',
  );
}
