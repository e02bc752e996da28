import { track } from '../conntrack/track.ts';
import { trackAsGiven } from '../conntrack/given.ts';
import { runNat } from '../nat/natHook.ts';
import { numberSysctl } from '../node/sysctls.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { End } from '../../machines/iptables/targets/target.ts';
import type { HookName } from '../trace.ts';
import { walkTable } from '../../machines/iptables/walk.ts';

type Stage = 'raw' | 'mangle' | 'nat' | 'filter' | 'security' | 'conntrack';

/** By priority (linux/netfilter_ipv4.h). `security` in INPUT is special: see `inputStages`. */
const stages: Readonly<Record<Exclude<HookName, 'INPUT'>, readonly Stage[]>> = {
  PREROUTING: ['raw', 'conntrack', 'mangle', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'conntrack', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat'],
};

/** iptables-nft gives its security table priority 150, behind nat INPUT (100); the legacy table has 50. */
function inputStages(run: Run): readonly Stage[] {
  return run.program.backend('security') === 'legacy'
    ? ['mangle', 'filter', 'security', 'nat']
    : ['mangle', 'filter', 'nat', 'security'];
}

/** Called after each stage; an end returned stops the packet. */
export type AfterStage = (stage: Stage) => End | null;

/** Runs the packet through a hook. Null when it passes. */
export function runHook(run: Run, packet: Packet, hook: HookName, after: AfterStage = goOn): End | null {
  for (const stage of hook === 'INPUT' ? inputStages(run) : stages[hook]) {
    const end = runStage(run, packet, hook, stage) ?? after(stage);
    if (end !== null) return end;
  }
  return null;
}

function goOn(): null {
  return null;
}

function runStage(run: Run, packet: Packet, hook: HookName, stage: Stage): End | null {
  if (stage === 'nat') return runNat(run, packet, hook);
  if (stage !== 'conntrack') return walkTable(run, packet, stage, hook);
  runConntrack(run, packet);
  return null;
}

function runConntrack(run: Run, packet: Packet): void {
  if (!run.program.tracksConnections) return;
  const loose = numberSysctl(run.node, 'net.netfilter.nf_conntrack_tcp_loose') !== 0;
  const before = packet.state;
  if (packet.given === null) track(packet, run.conntrack, loose);
  else trackAsGiven(run, packet, packet.given);
  if (packet.state !== null && packet.state !== before) {
    run.steps.push({ kind: 'conntrack', state: packet.state });
  }
}

/** The packet has gone all the way through a hook at the end of which conntrack remembers its connection. */
export function confirm(run: Run, packet: Packet): void {
  if (packet.connection !== null) run.conntrack.confirm(packet.connection);
}
