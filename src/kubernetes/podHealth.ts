/** What a Pod's object tells of why it is not ready. Every string is input: it may hold anything. */
import type { JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import { readProtocol, type ServiceProtocol } from './protocol.ts';

/** One of `containers[].ports[]`. */
export interface ContainerPort {
  /** Empty where it has none. */
  readonly name: string;
  readonly port: number;
  readonly protocol: ServiceProtocol;
}

/** A container that is not ready. */
interface WaitingContainer {
  readonly name: string;
  /** `waiting` and `terminated` with the reason that the kubelet gives; empty where the status is left out. */
  readonly state: 'running' | 'waiting' | 'terminated' | '';
  /** `CrashLoopBackOff`, `ImagePullBackOff`, `OOMKilled` …; empty for none. */
  readonly reason: string;
  readonly restarts: number;
  /** How it ended before it was started anew; null where that is not told. */
  readonly lastEnd: { readonly exitCode: number; readonly reason: string } | null;
  /** What it has to pass and has not: `GET /healthz at port 8080`; null where it has no such probe, or runs not. */
  readonly probe: { readonly kind: 'readiness' | 'startup'; readonly asks: string } | null;
}

export interface PodHealth {
  readonly waiting: readonly WaitingContainer[];
  /** `readinessGates` whose condition is not `True`: somebody else holds the Pod back. */
  readonly gates: readonly string[];
  /** Why no node was found for it, as the scheduler says; empty where it has one. */
  readonly unscheduled: string;
  /** Of all of its containers. */
  readonly restarts: number;
}

/** Reads `spec` and `status` of a Pod; what has the wrong type is reported and counts as left out. */
export function readHealth(spec: JsonRecord, status: JsonRecord, reader: JsonReader): PodHealth {
  const conditions = reader.records(status, 'conditions');
  const statuses = reader.records(status, 'containerStatuses');
  const restarts = statuses.map((each) => reader.integer(each, 'restartCount') ?? 0);
  const unscheduled = conditions.find(
    (each) => each['type'] === 'PodScheduled' && each['status'] === 'False',
  );
  return {
    waiting: statuses.flatMap((each) => waitingOf(each, spec, reader)),
    gates: reader.records(spec, 'readinessGates').flatMap((gate) => {
      const type = reader.text(gate, 'conditionType');
      const isMet = conditions.some((each) => each['type'] === type && each['status'] === 'True');
      return type === null || isMet ? [] : [type];
    }),
    unscheduled: unscheduled === undefined ? '' : (reader.text(unscheduled, 'message') ?? ''),
    restarts: restarts.reduce((sum, each) => sum + each, 0),
  };
}

function waitingOf(status: JsonRecord, spec: JsonRecord, reader: JsonReader): readonly WaitingContainer[] {
  if (reader.flag(status, 'ready') !== false) return [];
  const name = reader.text(status, 'name') ?? '';
  const states = reader.record(status, 'state');
  const state = (['running', 'waiting', 'terminated'] as const).find((each) => states[each] !== undefined);
  const container = reader.records(spec, 'containers').find((each) => each['name'] === name) ?? {};
  const kind = reader.flag(status, 'started') === false ? 'startup' : 'readiness';
  const probe = reader.record(container, `${kind}Probe`);
  return [
    {
      name,
      state: state ?? '',
      reason: state === undefined ? '' : (reader.text(reader.record(states, state), 'reason') ?? ''),
      restarts: reader.integer(status, 'restartCount') ?? 0,
      lastEnd: lastEndOf(status, reader),
      probe:
        state === 'running' && container[`${kind}Probe`] !== undefined
          ? { kind, asks: probeWords(probe, reader) }
          : null,
    },
  ];
}

function lastEndOf(status: JsonRecord, reader: JsonReader): WaitingContainer['lastEnd'] {
  const ended = reader.record(reader.record(status, 'lastState'), 'terminated');
  const exitCode = reader.integer(ended, 'exitCode');
  return exitCode === null ? null : { exitCode, reason: reader.text(ended, 'reason') ?? '' };
}

function portOf({ port }: JsonRecord): string {
  return typeof port === 'number' || typeof port === 'string' ? String(port) : '?';
}

/** An `exec` may hold a password: its words are not told. */
function probeWords(probe: JsonRecord, reader: JsonReader): string {
  const { httpGet, tcpSocket, grpc } = probe;
  if (httpGet !== undefined) {
    const http = reader.record(probe, 'httpGet');
    return `GET ${reader.text(http, 'path') ?? '/'} at port ${portOf(http)}`;
  }
  if (tcpSocket !== undefined) return `a connection to port ${portOf(reader.record(probe, 'tcpSocket'))}`;
  if (grpc !== undefined) return `gRPC at port ${portOf(reader.record(probe, 'grpc'))}`;
  return 'a command in the container';
}

/** `ports` of containers, and of those that start first and stay (sidecars: `restartPolicy: Always`). */
export function readContainerPorts(spec: JsonRecord, reader: JsonReader): readonly ContainerPort[] {
  const sidecars = reader
    .records(spec, 'initContainers')
    .filter((each) => each['restartPolicy'] === 'Always');
  return [...reader.records(spec, 'containers'), ...sidecars].flatMap((container) =>
    reader.records(container, 'ports').flatMap((port) => {
      const number = reader.port(port, 'containerPort');
      const protocol = readProtocol(port, reader);
      if (number === null || protocol === null) return [];
      return [{ name: reader.text(port, 'name') ?? '', port: number, protocol }];
    }),
  );
}
