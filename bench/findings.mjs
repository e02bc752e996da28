// What findings cost in one process: of the rules, and of the packets that are traced to every frontend from wherever clients stand.
import { analysisOfFiles } from '../src/kubeproxy/analysis.ts';
import { findingsOfNode } from '../src/kubeproxy/findings/ofNode.ts';
import { findingsOfPackets } from '../src/kubeproxy/findings/packet/ofPackets.ts';
import { finish } from '../src/values/steps.ts';

/** Milliseconds of CPU, each the first time that it is asked for. */
export function measureFindings(files) {
  const analysis = analysisOfFiles(files);
  const rules = timed(() => finish(findingsOfNode(analysis)));
  const packets = timed(() => finish(findingsOfPackets(analysis, rules.result)));
  return { 'findings of rules and Services': rules.time, 'findings of packets, all ways': packets.time };
}

function timed(work) {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { result, time: (user + system) / 1000 };
}
