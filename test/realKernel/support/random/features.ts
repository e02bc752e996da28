import type { Family, Flow } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import type { Feature, FlowPlace, RulePlace } from './feature.ts';
import { icmpQueries } from './icmpQueries.ts';
import { otherProtocols } from './otherProtocols.ts';
import { oddEnds } from './oddEnds.ts';
import { ranges } from './ranges.ts';
import { zones } from './zones.ts';
import { bytes } from './bytes.ts';
import { changes } from './changes.ts';
import { connections } from './connections.ts';
import { bridging, frames } from './frames.ts';
import { headers } from './headers.ts';
import { limits } from './limits.ts';
import { marks } from './marks.ts';
import { openEnded } from './openEnded.ts';
import { rewriting } from './rewriting.ts';
import { setKinds } from './setKinds.ts';
import { recent } from './recent.ts';
import { sockets } from './sockets.ts';
import { devices } from './devices.ts';
import { spellings } from './spellings.ts';
import { transports } from './transports.ts';
import { sets } from './sets.ts';
import { sequences } from './sequences.ts';
import { ways } from './ways.ts';

/** Every feature; a new one is a line here. What makes packets comes before `sequences`, which goes on with them. */
export const features: readonly Feature[] = [
  ...icmpQueries,
  ...otherProtocols,
  ...transports,
  ...devices,
  ...oddEnds,
  ...zones,
  ...ranges,
  ...marks,
  ...bridging,
  ...sequences,
  ...frames,
  ...headers,
  ...recent,
  ...sets,
  ...bytes,
  ...changes,
  ...connections,
  ...sockets,
  ...ways,
  ...limits,
  ...rewriting,
  ...setKinds,
  ...openEnded,
  ...spellings,
];

export function featureMatches(place: RulePlace): readonly string[] {
  return features.flatMap((feature) => feature.matches?.(place) ?? []);
}

export function featureTargets(place: RulePlace): readonly string[] {
  return features.flatMap((feature) => feature.targets?.(place) ?? []);
}

export function featureSets(random: Random, family: Family): readonly string[] {
  return features.flatMap((feature) => feature.sets?.(random, family) ?? []);
}

export function featureCommands(random: Random, family: Family): readonly string[] {
  return features.flatMap((feature) => feature.commands?.(random, family) ?? []);
}

export function featureSysctls(random: Random, family: Family): readonly string[] {
  return features.flatMap((feature) => feature.sysctls?.(random, family) ?? []);
}

/** The packet as the features change it. */
export function featureFlow(flow: Flow, place: FlowPlace): Flow {
  return features.reduce((changed, feature) => feature.flow?.(changed, place) ?? changed, flow);
}
