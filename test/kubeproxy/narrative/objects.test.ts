/** What a trace says of a Service, against what the cluster's own objects say of it. */
import { describe, expect, it } from 'vitest';
import type { Service, ServicePortSpec } from '../../../src/kubernetes/objects.ts';
import { snapshot, tell } from './support.ts';

const NODE = 'node-1';

describe.each(['media/samples/kube-proxy-1.36', 'media/samples/kube-proxy-1.23'])(
  'the headlines of %s',
  (path) => {
    const analysis = snapshot(path);
    const objects = analysis.objects;
    const release = Number(path.slice(-2));

    /** Addresses that kube-proxy balances a port over: ready ones, else those that still serve while they terminate. */
    function endpointsOf(service: Service, port: ServicePortSpec): readonly string[] {
      const slices = (objects?.slices ?? []).filter(
        (slice) =>
          slice.service === service.name &&
          slice.namespace === service.namespace &&
          slice.addressType === 'IPv4',
      );
      const all = slices.flatMap((slice) =>
        slice.ports.some(({ name, port: number }) => name === port.name && number !== null)
          ? slice.endpoints
          : [],
      );
      const near =
        service.internalTrafficPolicy === 'Local' ? all.filter(({ nodeName }) => nodeName === NODE) : all;
      const ready = near.filter((each) => each.ready);
      const chosen = ready.length > 0 ? ready : near.filter((each) => each.serving && each.terminating);
      return [...new Set(chosen.flatMap(({ addresses }) => addresses))];
    }

    /** 1.23 has no chain of its own for the Local internal policy, and sends nothing to terminating endpoints. */
    const isOfRelease = ({ name, internalTrafficPolicy }: Service): boolean =>
      release > 26 || (internalTrafficPolicy === 'Cluster' && !name.startsWith('terminating-'));

    const services = (objects?.services ?? []).filter(
      (service) =>
        service.clusterIPs.some((address) => address.includes('.')) &&
        // Endpoints near the client's zone or node are preferred: not what this test is about.
        !service.name.startsWith('topo-') &&
        isOfRelease(service),
    );
    const ports = services.flatMap((service) => service.ports.map((port) => ({ service, port })));

    it('are asked of many Services', () => {
      expect(ports.length).toBeGreaterThan(60);
    });

    it.each(
      ports.map(
        ({ service, port }) =>
          [`${service.namespace}/${service.name}:${port.name}/${port.protocol}`, service, port] as const,
      ),
    )('%s', (_, service, port) => {
      const address = service.clusterIPs.find((each) => each.includes('.')) ?? '';
      const to = `${address}:${port.port}`;
      const { headline } = tell(analysis, { from: 'pod:10.244.1.7', to, protocol: port.protocol }).narrative;
      const name = `${service.namespace}/${service.name}${port.name === '' ? '' : `:${port.name}`}`;
      const endpoints = endpointsOf(service, port);
      const { length } = endpoints;
      const here = service.internalTrafficPolicy === 'Local';
      if (length === 0) {
        expect(headline).toMatch(/^(Rejected|Dropped): /);
        expect(headline).toContain(`: ${name} has no endpoint`);
      } else if (length === 1) {
        expect(headline).toContain(` ${endpoints[0]}:`);
        expect(headline).toContain(`, the only endpoint of ${name}${here ? ' on this node' : ''}.`);
      } else {
        expect(headline).toContain(` one of ${length} endpoints of ${name}${here ? ' on this node' : ''}.`);
      }
    });
  },
);
