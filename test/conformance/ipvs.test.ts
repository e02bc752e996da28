/** Packets to virtual servers end as the kernel recorded them, also when servers have gone since their connections began. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/kernel/engine.ts';
import type { Family, TcpFlag } from '../../src/kernel/flow.ts';
import { flowResult, readFlow } from '../../src/kernel/flows.ts';
import { formatEndpoint } from '../../src/kernel/endpoint.ts';
import type { JointTrace, Trace } from '../../src/kernel/trace.ts';
import { parseIpvs } from '../../src/rules/ipvs/parser.ts';
import { printIpvs } from '../../src/rules/ipvs/printer.ts';
import { differenceFrom, differenceOfDetails, type Recording } from './recordings.ts';
import { conformanceFolder, filesIn, ipvsEngineOf, linesOf, SKIP_REASON } from './snapshots.ts';

const folder = conformanceFolder === null ? null : join(conformanceFolder, 'ipvs');
const names =
  folder === null
    ? []
    : readdirSync(folder).filter((name) => existsSync(join(folder, name, 'ipvsadm-save.txt')));

type Files = ReturnType<typeof filesIn>;

/** The records were loaded in the listed order. */
const engineOf = (files: Files, family: Family): Engine => ipvsEngineOf(files, family, { orderKnown: true });

/** As `differenceOfDetails`, of each server's connection: here few tries go to several servers. */
function differenceOfWays(recording: Recording, answer: Trace | JointTrace): string | null {
  if ('joint' in answer) return null;
  for (const recorded of recording.outcomes ?? []) {
    const outcomes = answer.outcomes.filter(
      ({ destination }) =>
        (destination === null ? null : formatEndpoint(destination)) === recorded.destination,
    );
    const difference = differenceOfDetails({ ...recording, outcomes: [recorded] }, { ...answer, outcomes });
    if (difference !== null) return difference;
  }
  return null;
}

interface Step {
  readonly send?: 'SYN' | 'ACK' | 'RST' | 'data';
  readonly port?: string;
  readonly result?: string;
  readonly state?: readonly string[];
  readonly wait?: number;
}

interface Story {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly flags: readonly string[];
  readonly sysctl: Readonly<Record<string, number>>;
  readonly steps: readonly (Step & Readonly<Record<string, unknown>>)[];
}

/** Servers and connections when a step of a story begins. */
class State {
  readonly #option: string;
  readonly #flags: string;
  readonly virtual: string;
  readonly first: string;
  readonly #weights: Map<string, number>;
  #isThere = true;
  #connections = new Map<string, string>();

  constructor({ protocol, flags, steps }: Story) {
    const seen = steps.flatMap(({ state = [] }) => state).join('\n');
    const [, virtual = '', first = ''] = / (10\.9\.9\.9:\d+) (10\.244\.\d\.5:8080) /.exec(seen) ?? [];
    this.#option = protocol === 'tcp' ? '-t' : '-u';
    this.#flags = flags.join(' ');
    this.virtual = virtual;
    this.first = first;
    this.#weights = new Map(['10.244.1.5:8080', '10.244.2.5:8080'].map((end) => [end, 1]));
  }

  note(step: Story['steps'][number]): void {
    if (step['FIRST'] !== undefined) this.#weights.delete(this.first);
    if (step['weight of FIRST'] === 0) this.#weights.set(this.first, 0);
    if (step['virtual server'] !== undefined) this.#isThere = false;
    if (step.wait !== undefined && step.wait > 2) this.#connections.clear();
    for (const line of step.state ?? []) this.#connections.set(line.split(' ')[1] ?? '', line);
  }

  /** With the template that persistence made, as long as a connection of it is there. */
  listing(): string {
    const servers = [...this.#weights].map(
      ([end, weight]) => `-a ${this.#option} ${this.virtual} -r ${end} -m -w ${weight}`,
    );
    const [one] = [...this.#connections.values()].toReversed();
    const held = this.#flags === '' || one === undefined ? [] : [row(one.replace(/(\.7):\d+/, '$1:0'))];
    return [
      ...(this.#isThere ? [`-A ${this.#option} ${this.virtual} -s rr ${this.#flags}`, ...servers] : []),
      'IPVS connection entries',
      ...held,
      ...[...this.#connections.values()].map(row),
      '',
    ].join('\n');
  }
}

/** `TCP 198.51.100.7:30100 10.9.9.9:101 10.244.1.5:8080 SYN_RECV expires 59` as ipvsadm lists it. */
function row(line: string): string {
  const [protocol, client, virtual, server, state, , expires] = line.split(' ');
  return `${protocol} 00:${String(expires).padStart(2, '0').slice(-2)} ${state} ${client} ${virtual} ${server}`;
}

function ended(story: Story, step: Step, state: State, files: Files): readonly string[] {
  const vs = Object.entries({ conn_reuse_mode: 1, ...story.sysctl }).map(
    ([name, value]) => `net.ipv4.vs.${name} = ${value}\n`,
  );
  const engine = engineOf(
    new Map([
      ...files,
      ['ipvsadm-save.txt', state.listing()],
      ['sysctl.txt', `${files.get('sysctl.txt')}${vs.join('')}`],
    ]),
    4,
  );
  const [address = '', port = ''] = state.virtual.split(':');
  const tcpFlags: readonly TcpFlag[] = step.send === 'SYN' || step.send === 'RST' ? [step.send] : ['ACK'];
  const begun = story.steps.flatMap(({ state: lines = [] }) => lines)[0] ?? '';
  const source = Number(/\.7:(\d+)/.exec(begun)?.[1]) + Number(step.port);
  const { outcomes } = engine.trace({
    family: 4,
    from: { kind: 'external', address: '198.51.100.7', port: source, interface: 'eth0' },
    to: { address, port: Number(port) },
    protocol: story.protocol,
    ...(story.protocol === 'tcp' ? { packet: { tcpFlags } } : {}),
  });
  return outcomes.map(({ verdict, destination, by }) =>
    destination === null ? `${verdict} ${by}` : `${verdict} ${destination.address}:${destination.port}`,
  );
}

const stories: readonly Story[] =
  folder === null
    ? []
    : linesOf(join(folder, 'lifecycle', 'stories.jsonl')).map((line): Story => JSON.parse(line));

describe.skipIf(folder === null)(
  `virtual servers of IPVS${folder === null ? ` (skipped: ${SKIP_REASON})` : ''}`,
  () => {
    it('are recorded', () => {
      expect(names.length).toBeGreaterThan(1);
      expect(stories.length).toBeGreaterThan(10);
    });

    it.each(names)('packets of %s', (name) => {
      const files = filesIn(join(folder ?? '', name));
      const engines = { 4: engineOf(files, 4), 6: engineOf(files, 6) };
      const differences = linesOf(join(folder ?? '', name, 'flows.jsonl')).flatMap((line) => {
        const recording: Recording = JSON.parse(line);
        const reading = readFlow(recording);
        if (reading.kind === 'error') return [reading.message];
        const { flow } = reading;
        const engine = engines[flow.family];
        const answer = flow.then === undefined ? engine.trace(flow) : engine.traceSequence(flow);
        const told =
          differenceFrom(recording, flowResult(flow, answer)) ?? differenceOfWays(recording, answer);
        return told === null ? [] : [`${flow.id}: ${told}`];
      });
      expect(differences).toEqual([]);
    });

    it.each(names)('the listing of %s is read and written back', (name) => {
      const read = (file: string): string => readFileSync(join(folder ?? '', name, file), 'utf8');
      const saved = parseIpvs(read('ipvsadm-save.txt'));
      const listed = parseIpvs(read('ipvsadm-list.txt'));
      expect([...saved.problems, ...listed.problems]).toEqual([]);
      expect(printIpvs(saved.services)).toBe(read('ipvsadm-save.txt'));
      expect(new Set(printIpvs(listed.services).split('\n'))).toEqual(
        new Set(read('ipvsadm-save.txt').split('\n')),
      );
    });

    it.each(stories.map((story) => [story.name, story] as const))('%s', (_name, story) => {
      const files = filesIn(join(folder ?? '', 'hand-ipvs'));
      const state = new State(story);
      const differences: string[] = [];
      for (const [index, step] of story.steps.entries()) {
        const { send, result = '' } = step;
        // The first one may go to either.
        if (send !== undefined && index > 0) {
          const wanted = result.replace('FIRST:8080', state.first).replace(/ tcp-reset$/, '');
          const found = ended(story, step, state, files);
          if (!found.includes(wanted))
            differences.push(`step ${index}: ${found.join(', ')} instead of ${wanted}`);
        }
        state.note(step);
      }
      expect(differences).toEqual([]);
    });
  },
);
