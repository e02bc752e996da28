/** Why a Service is refused, as the objects tell it where they give no finding of their own. */
import { describe, expect, it } from 'vitest';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { finish } from '../../../../src/values/steps.ts';
import { auditedDump, type Cluster } from './support.ts';

const REFUSED = 'shop/no-endpoints';

function why(change: (cluster: Cluster) => void): string {
  const found = finish(findingsOfNode(auditedDump('1.36.3', { change })));
  return (
    found.find(({ code, service }) => code === 'no-endpoints' && service === `${REFUSED}:http`)?.message ?? ''
  );
}

/** Without a selector, and with other slices: `ports` and an address each. */
function written(cluster: Cluster, addressType: string, ports: readonly object[], ready = true): void {
  delete cluster.service(REFUSED).spec['selector'];
  const [slice] = cluster.slices(REFUSED);
  if (slice === undefined) throw new RangeError(`no slice of ${REFUSED}`);
  Object.assign(slice, {
    addressType,
    ports,
    endpoints: [
      {
        addresses: [addressType === 'FQDN' ? 'db.example.com' : '192.0.2.7'],
        conditions: { ready, serving: ready },
      },
    ],
  });
}

describe('a Service that is refused', () => {
  it('has nobody who wrote its slices', () => {
    expect(
      why((cluster) => {
        delete cluster.service(REFUSED).spec['selector'];
        cluster.keep((each) => !cluster.slices(REFUSED).includes(each));
      }),
    ).toContain('It has no selector, so that somebody has to write its EndpointSlices, and nobody did.');
  });

  it('has slices that call its port otherwise', () => {
    expect(
      why((cluster) => written(cluster, 'IPv4', [{ name: 'web', port: 80, protocol: 'TCP' }])),
    ).toContain('its EndpointSlices list port web/TCP, where the Service has port http/TCP');
    expect(why((cluster) => written(cluster, 'IPv4', [{ name: '', port: 80, protocol: 'TCP' }]))).toContain(
      'list an unnamed port of TCP, where',
    );
  });

  it('has slices that name hosts', () => {
    const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
    expect(why((cluster) => written(cluster, 'FQDN', ports))).toContain('addressType FQDN');
  });

  it('has slices that list nobody who is ready', () => {
    const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
    expect(why((cluster) => written(cluster, 'IPv4', ports, false))).toContain(
      'none of the endpoints that its EndpointSlices list is ready',
    );
  });

  it('has Pods that no slice lists', () => {
    const labels = { app: 'no-endpoints' };
    const status = {
      phase: 'Running',
      podIP: '10.244.1.150',
      conditions: [{ type: 'Ready', status: 'True' }],
    };
    const pod = {
      kind: 'Pod',
      metadata: { namespace: 'shop', name: 'p', labels },
      spec: {},
      status,
      endpoints: [],
    };
    expect(why(({ items }) => items.push(pod))).toContain('the EndpointSlices do not list them yet');
  });

  it('has ready endpoints that the rules do not know', () => {
    const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
    expect(why((cluster) => written(cluster, 'IPv4', ports))).toContain(
      'Its EndpointSlices list 1 ready endpoint, to which these rules do not balance here',
    );
  });
});
