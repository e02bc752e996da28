/** One cluster (the same objects.json) in the three modes of kube-proxy: where they agree, and where they truly differ. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/kernel/endpoint.ts';
import { type Analysis, analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { compareNodes } from '../../src/kubeproxy/compare/compareNodes.ts';
import { tellComparison } from '../../src/kubeproxy/compare/told.ts';
import { readForm } from '../../src/kubeproxy/form/flowForm.ts';
import type { ServicePort } from '../../src/kubeproxy/services/catalog.ts';
import type { Frontend } from '../../src/kubeproxy/services/frontend.ts';
import { packetFrom, vantages } from '../../src/kubeproxy/ways/vantages.ts';
import { finish } from '../../src/values/steps.ts';
import { modesPage } from './modesPage.ts';
import { conformanceFolder, filesIn, SKIP_REASON } from './snapshots.ts';

const folders = {
  iptables: 'kernel/k8s-1.36.3-iptables-cluster-cidr',
  nftables: 'nft/nft-k8s-1.36.3-nftables',
  ipvs: 'ipvs/k8s-1.36.3-ipvs-rr',
} as const;

/** kube-proxy of the IPVS records did not know the zone of its node ("node is missing label"), and went by no hint of zones. */
const WITHOUT_ZONE = new Set(['infra/topo-annotation:http', 'infra/topo-hints:http']);

type Vantage = (typeof vantages)[number];

/** Where packets of a way end, as a set; null where nobody stands there. */
function endsOf(port: ServicePort, frontend: Frontend, vantage: Vantage, analysis: Analysis): string | null {
  const packet = packetFrom(vantage, port, frontend, analysis);
  const reading = packet === null ? null : readForm(packet, analysis);
  if (reading?.kind !== 'flow') return null;
  const { from } = reading.flow;
  const outcomes = answerOf(analysis, reading.flow)?.outcomes ?? [];
  const ends = outcomes.map(({ verdict, rejectWith, source, destination }) => {
    const seen = source === null ? '' : source.address === from.address ? 'the client' : source.address;
    return `${verdict} ${rejectWith ?? ''} ${destination === null ? '' : formatEndpoint(destination)} as ${seen}`;
  });
  return [...new Set(ends)].toSorted().join('; ');
}

function keyOf({ kind, family, address, port, protocol }: Frontend): string {
  return `${family} ${kind} ${address ?? ''}:${port}/${protocol}`;
}

/** Where both policies are Local no virtual server has an endpoint of another node. */
function isAllLocal({ object }: ServicePort): boolean {
  return object?.internalTrafficPolicy === 'Local' && object.externalTrafficPolicy === 'Local';
}

function servicesOf({ catalog }: Analysis): readonly object[] {
  return catalog.ports.map((port) => ({
    name: `${port.name}/${port.protocol}`,
    frontends: port.frontends.map(keyOf).toSorted(),
    affinity: port.affinity,
    endpoints: port.endpoints
      .filter(({ localShare }) => !isAllLocal(port) || localShare !== null)
      .map(({ address, port: at, inRules, ready }) => `${address} ${at} ${inRules} ${ready}`)
      .filter(() => !WITHOUT_ZONE.has(port.name))
      .toSorted(),
  }));
}

/** Whether endpoints for the node's own clients are others than those for clients outside. */
function isSplit({ endpoints }: ServicePort, { family }: Frontend): boolean {
  return endpoints.some(
    (each) => each.family === family && (each.share === null) !== (each.localShare === null),
  );
}

/** The kind of a true difference, each a heading of docs/modes.md; null where the modes must agree. `frontend`: as iptables mode has it. */
function differenceOf(port: ServicePort, frontend: Frontend, vantage: Vantage): string | null {
  const { kind, fate } = frontend;
  if (kind === 'clusterIP') {
    const isHere = port.object?.internalTrafficPolicy === 'Local';
    return isHere && fate === 'dropped' ? 'internalTrafficPolicy Local' : null;
  }
  if (fate === 'rejected' && kind !== 'nodePort' && vantage === 'node') return 'Without endpoints';
  // Source ranges refuse whoever they do not name in every mode.
  const isRefused = frontend.sourceRanges !== null && vantage !== 'outside';
  if (port.object?.externalTrafficPolicy !== 'Local' || isRefused) return null;
  const isFromHere = vantage === 'pod' || vantage === 'itself' || vantage === 'node';
  // Of an address that is the node's in IPVS mode Linux takes that as the source, which no rule changes then.
  const hasOtherSource = vantage === 'node' && kind !== 'nodePort';
  if (fate === 'dropped')
    return isFromHere && !hasOtherSource ? null : 'externalTrafficPolicy Local without an endpoint here';
  const differs = hasOtherSource || (isFromHere && isSplit(port, frontend));
  return fate === 'balanced' && differs ? 'externalTrafficPolicy Local' : null;
}

describe.skipIf(conformanceFolder === null)('the same cluster in three modes', () => {
  const folder = conformanceFolder ?? SKIP_REASON;
  const open = (name: string): Analysis => analysisOfFiles(filesIn(join(folder, name)));
  const [iptables, nftables, ipvs] = Object.values(folders).map(open);
  if (iptables === undefined || nftables === undefined || ipvs === undefined) throw new Error('three modes');
  const others = { nftables, ipvs };

  it('is one cluster', () => {
    const texts = Object.values(folders).map((name) =>
      readFileSync(join(folder, name, 'objects.json'), 'utf8'),
    );
    expect(new Set(texts).size).toBe(1);
  });

  it.each(Object.entries(others))('has the Services in %s mode that it has in iptables mode', (_, other) => {
    expect(servicesOf(iptables)).toHaveLength(96);
    expect(servicesOf(other)).toEqual(servicesOf(iptables));
  });

  it('has its packets end alike, but for the true differences', () => {
    const seen = new Map<string, number>();
    const wrong: string[] = [];
    let ways = 0;
    for (const port of iptables.catalog.ports) {
      if (WITHOUT_ZONE.has(port.name)) continue;
      for (const frontend of port.frontends) {
        for (const vantage of vantages) {
          const here = endsOf(port, frontend, vantage, iptables);
          if (here === null) continue;
          ways++;
          const there = Object.values(others).map((other) => {
            const own = other.catalog.portNamed(port.name, port.protocol);
            const same = own?.frontends.find((each) => keyOf(each) === keyOf(frontend));
            return own == null || same === undefined ? 'absent' : endsOf(own, same, vantage, other);
          });
          const kind = differenceOf(port, frontend, vantage);
          const isAlike = there.every((each) => each === here);
          if (isAlike !== (kind === null))
            wrong.push(`${port.name} ${keyOf(frontend)} ${vantage} ${kind}: ${[here, ...there].join(' | ')}`);
          if (kind !== null) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(ways).toBeGreaterThan(600);
    expect([...seen.keys()].toSorted()).toEqual([
      'Without endpoints',
      'externalTrafficPolicy Local',
      'externalTrafficPolicy Local without an endpoint here',
      'internalTrafficPolicy Local',
    ]);
    const page = modesPage(folder, folders);
    for (const kind of seen.keys()) expect(page).toContain(kind);
  });

  it('is told by a comparison as the same Services in another mode', () => {
    const { headline, notes } = tellComparison(finish(compareNodes(iptables, others.nftables)));
    expect(headline).toBe(
      'From iptables to nftables mode: the same Services, with the same endpoints and policies.',
    );
    expect(notes[0]).toBe('71 Services are the same.');
    expect(tellComparison(finish(compareNodes(iptables, others.ipvs))).headline).toMatch(
      /^From iptables to IPVS mode: \d+ Services /,
    );
  });

  // Written anew by `npx vitest run --project conformance test/conformance/modes -u`.
  it('docs/modes.md is what the records say', async () => {
    await expect(modesPage(folder, folders)).toMatchFileSnapshot('../../docs/modes.md');
  });
});
