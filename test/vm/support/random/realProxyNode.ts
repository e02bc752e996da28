/** Random Services for a real kube-proxy in IPVS mode: what a cluster's API server has, and its flags. */
import type { Random } from '../../../realKernel/support/random.ts';
import { commonSysctls, type IpvsNode, LOCAL_PODS, NODE_ADDRESSES } from './ipvsNode.ts';
import { type ProxySetup, proxyNode, proxySetup } from './proxyNode.ts';
import type { RandomService } from './randomService.ts';

export function realProxyNode(random: Random): IpvsNode {
  const setup = proxySetup(random);
  return {
    ...proxyNode(random, setup),
    kind: `of a real kube-proxy, ${setup.scheduler}`,
    sysctls: commonSysctls(random),
    proxy: { objects: objectsOf(setup), flags: flagsOf(random, setup) },
  };
}

function flagsOf(random: Random, { scheduler, masqueradeAll }: ProxySetup): readonly string[] {
  return [
    `--ipvs-scheduler=${scheduler}`,
    ...(masqueradeAll ? ['--masquerade-all'] : []),
    ...(random.chance(0.3) ? ['--ipvs-strict-arp'] : []),
    ...(random.chance(0.8) ? ['--cluster-cidr=10.244.0.0/16,fd00:10:244::/48'] : []),
  ];
}

function objectsOf({ services }: ProxySetup): readonly object[] {
  return [
    nodeObject,
    serviceCidr,
    ...services.flatMap((service, index) => [
      serviceObject(service, `app-${index + 1}`),
      sliceObject(service, `app-${index + 1}`),
    ]),
  ];
}

const nodeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', uid: 'node-1', resourceVersion: '1' },
  spec: { podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'] },
  status: {
    addresses: [NODE_ADDRESSES[4][0], NODE_ADDRESSES[6][0]].map((address) => ({
      type: 'InternalIP',
      address,
    })),
  },
};

const serviceCidr = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes', uid: 'cidr', resourceVersion: '1' },
  spec: { cidrs: ['10.96.0.0/12', 'fd00:10:96::/112'] },
  status: { conditions: [{ type: 'Ready', status: 'True', reason: '', message: '' }] },
};

function serviceObject(service: RandomService, name: string): object {
  const { clusterIp, externalIp, loadBalancer, nodePort, port, protocol, targetPort } = service;
  const isOutside = nodePort !== null || externalIp !== null || loadBalancer !== null;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1' },
    spec: {
      type: loadBalancer === null ? (nodePort === null ? 'ClusterIP' : 'NodePort') : 'LoadBalancer',
      clusterIP: clusterIp,
      clusterIPs: [clusterIp],
      ipFamilies: [`IPv${service.family}`],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ...(isOutside ? { externalTrafficPolicy: service.isLocal ? 'Local' : 'Cluster' } : {}),
      ...(externalIp === null ? {} : { externalIPs: [externalIp] }),
      ...(loadBalancer?.sourceRanges ? { loadBalancerSourceRanges: loadBalancer.sourceRanges } : {}),
      sessionAffinity: service.affinity ? 'ClientIP' : 'None',
      ...(service.affinity ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } } : {}),
      ports: [
        {
          name: 'p',
          protocol: protocol.toUpperCase(),
          port,
          targetPort,
          ...(nodePort === null ? {} : { nodePort }),
        },
      ],
    },
    status: {
      loadBalancer: loadBalancer === null ? {} : { ingress: [{ ip: loadBalancer.address, ipMode: 'VIP' }] },
    },
  };
}

function sliceObject(service: RandomService, name: string): object {
  const { endpoints, family, protocol, targetPort } = service;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-1`,
      namespace: 'default',
      uid: `${name}-1`,
      resourceVersion: '1',
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: `IPv${family}`,
    endpoints: endpoints.map((address) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: LOCAL_PODS[family].includes(address) ? 'node-1' : 'node-2',
    })),
    ports: [{ name: 'p', protocol: protocol.toUpperCase(), port: targetPort }],
  };
}
