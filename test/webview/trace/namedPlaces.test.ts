/** What the sentences of an answer name leads somewhere, whatever language the rules are in. */
import { describe, expect, test } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { namedPlaces, withPlaces } from '../../../src/webview/trace/namedPlaces.ts';
import { snapshot, tell } from '../../kubeproxy/narrative/support.ts';

/** `[what is a link]` */
function linked(sample: string, form: Partial<FlowForm>): string {
  const { narrative } = tell(snapshot(`media/samples/${sample}`), form);
  const { headline, details } = narrative;
  const parts = withPlaces([headline, ...details].join(' '), namedPlaces(narrative, false), new Set());
  return parts.map((part) => (typeof part === 'string' ? part : `[${part.words}]`)).join('');
}

describe.each(['kube-proxy-1.36', 'nftables-node', 'ipvs-node'])('%s', (sample) => {
  test('a Service and its endpoint', () => {
    expect(linked(sample, { from: 'external:203.0.113.9', to: '192.168.0.2:30081' })).toMatch(
      /^Forwarded to \[10\.244\.1\.46:8080\] .* endpoint of \[edge\/np-local:http\]/,
    );
  });

  test('a Pod, by the rule that sends to it, and on a live node to its object', () => {
    const { narrative } = tell(snapshot(`media/samples/${sample}`), {
      from: 'external:203.0.113.9',
      to: '192.168.0.2:30081',
    });
    const pod = 'np-local-0 on node-1';
    const [saved, live] = [false, true].map((each) => namedPlaces(narrative, each));
    const leadsTo = (places: typeof saved, words: string) =>
      places?.find((place) => place.words === words)?.leadsTo;
    expect(narrative.headline).toContain(pod);
    expect(leadsTo(saved, pod)).toHaveProperty('line');
    expect(leadsTo(saved, pod)).toEqual(leadsTo(saved, '10.244.1.46:8080'));
    expect(leadsTo(live, pod)).toEqual({ resource: 'pods', namespace: 'edge', name: 'np-local-0' });
  });

  test('the source that a rule gives to a Pod that is sent back to itself', () => {
    expect(linked(sample, { from: 'pod:10.244.1.45', to: 'edge/np-cluster:http' })).toContain(
      'the source becomes [10.244.1.1],',
    );
  });
});

test('a rule before a colon', () => {
  expect(linked('ipvs-node', { from: 'pod:10.244.1.7', to: '10.96.0.10', protocol: 'icmp' })).toMatch(
    /^Rejected by \[rule 6 of KUBE-IPVS-FILTER\]: /,
  );
});

test('a Service that no rule on the way is about', () => {
  const pinged = linked('kube-proxy-1.36', { from: 'pod:10.244.1.7', to: '10.96.0.10', protocol: 'icmp' });
  expect(pinged).toMatch(
    /^Nobody answers there: 10\.96\.0\.10 is the ClusterIP of \[kube-system\/kube-dns\], /u,
  );
});

test('a known connection, and the endpoint that it has', () => {
  const { files } = snapshot('media/samples/kube-proxy-1.36');
  const entry =
    'ipv4     2 tcp      6 86399 ESTABLISHED src=10.244.1.7 dst=10.108.134.196 sport=40000 dport=80 src=10.244.2.41 dst=10.244.1.7 sport=8080 dport=40000 [ASSURED] mark=0 use=1\n';
  const other = entry.replaceAll('40000', '40001');
  const known = analysisOfFiles(new Map([...files, ['conntrack.txt', other + entry]]));
  const { narrative } = tell(known, { from: 'pod:10.244.1.7:40000', to: 'edge/np-cluster:http' });
  const places = namedPlaces(narrative, false);
  const parts = withPlaces(narrative.headline, places, new Set());
  expect(parts.map((part) => (typeof part === 'string' ? part : `[${part.words}]`)).join('')).toMatch(
    /^Forwarded to \[10\.244\.2\.41:8080\] .* translated by its \[known connection\]/u,
  );
  expect(places.find(({ words }) => words === 'known connection')?.leadsTo).toEqual({
    source: 'connections',
    line: 1,
    startCharacter: 0,
    endCharacter: entry.length - 1,
  });
});
