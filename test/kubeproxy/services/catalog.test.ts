import { describe, expect, test } from 'vitest';
import type { AddressOwner, Catalog, ServicePort } from '../../../src/kubeproxy/services/catalog.ts';
import { tableNamed } from '../../../src/kubeproxy/rulesets.ts';
import {
  dumpObjects,
  dumpRulesets,
  dumpServices,
  dumpSources,
  dumpText,
  servicesIn,
  textSources,
} from '../dumps.ts';

function catalogOf(nat: string, filter = ''): Catalog {
  const declared = [...new Set(nat.match(/KUBE-[A-Z0-9-]+/gu))]
    .map((chain) => `:${chain} - [0:0]\n`)
    .join('');
  const filters = filter === '' ? '' : `*filter\n${filter}COMMIT\n`;
  return servicesIn(textSources(`*nat\n${declared}${nat}COMMIT\n${filters}`)).catalog;
}

function portOf(catalog: Catalog, name: string, protocol?: string): ServicePort {
  const port = catalog.portNamed(name, protocol);
  if (port === null) throw new Error(`${name} is not in the catalog`);
  return port;
}

function describeFrontends(port: ServicePort): readonly string[] {
  return port.frontends.map((each) => {
    const { kind: masquerade } = each.masquerade;
    return `${each.kind} ${each.address ?? '*'}:${each.port} ${each.fate} ${masquerade}`;
  });
}

describe('older shapes', () => {
  const endpointChain = 'KUBE-SEP-AAAAAAAAAAAAAAAA';
  const endpoint =
    `-A ${endpointChain} -s 10.244.2.3/32 -j KUBE-MARK-MASQ\n` +
    `-A ${endpointChain} -p tcp -m tcp -j DNAT --to-destination 10.244.2.3:80\n`;

  test('up to 1.18 an unnamed port has its colon, and KUBE-SERVICES holds the mark rules', () => {
    const catalog = catalogOf(
      '-A KUBE-SERVICES ! -s 10.244.0.0/16 -d 10.96.1.1/32 -p tcp -m comment --comment "default/nginx: cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ\n' +
        '-A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m comment --comment "default/nginx: cluster IP" -m tcp --dport 80 -j KUBE-SVC-4N57TFCL4MD7ZTDA\n' +
        '-A KUBE-SERVICES -d 198.51.100.4/32 -p tcp -m comment --comment "default/nginx: external IP" -m tcp --dport 80 -j KUBE-MARK-MASQ\n' +
        '-A KUBE-SERVICES -d 198.51.100.4/32 -p tcp -m comment --comment "default/nginx: external IP" -m tcp --dport 80 -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j KUBE-SVC-4N57TFCL4MD7ZTDA\n' +
        '-A KUBE-SERVICES -d 198.51.100.4/32 -p tcp -m comment --comment "default/nginx: external IP" -m tcp --dport 80 -m addrtype --dst-type LOCAL -j KUBE-SVC-4N57TFCL4MD7ZTDA\n' +
        '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/nginx:" -m tcp --dport 30080 -j KUBE-MARK-MASQ\n' +
        '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/nginx:" -m tcp --dport 30080 -j KUBE-SVC-4N57TFCL4MD7ZTDA\n' +
        `-A KUBE-SVC-4N57TFCL4MD7ZTDA -m comment --comment "default/nginx:" -j ${endpointChain}\n${endpoint}`,
    );
    const port = portOf(catalog, 'default/nginx');
    expect(port.id).toBe('default/nginx/tcp');
    expect(port.portName).toBe('');
    expect(describeFrontends(port)).toEqual([
      'clusterIP 10.96.1.1:80 balanced unless',
      'nodePort *:30080 balanced always',
      'externalIP 198.51.100.4:80 balanced always',
    ]);
    expect(port.endpoints.map((each) => [each.address, each.port, each.share, each.hairpin])).toEqual([
      ['10.244.2.3', 80, 1, true],
    ]);
  });

  test('up to 1.23 a local policy without local endpoints marks to drop in KUBE-XLB', () => {
    const port = portOf(dumpServices('1.23.4').catalog, 'edge/np-local-nolocal:http');
    expect(port.externalPolicy).toBe('Local');
    expect(describeFrontends(port)).toEqual([
      expect.stringMatching(/^clusterIP [\d.]+:80 balanced unless$/u),
      'nodePort *:30084 dropped node',
    ]);
  });
});

describe('without comments', () => {
  const text = (dumpText('1.36.3', 'iptables-save.txt') ?? '').replaceAll(
    / -m comment --comment ("[^"]*"|\S+)/gu,
    '',
  );
  const sources = textSources(text);

  test('the objects give every name back', () => {
    const named = servicesIn(textSources(dumpText('1.36.3', 'iptables-save.txt') ?? '')).catalog;
    const bare = servicesIn(sources, dumpObjects('1.36.3')).catalog;
    const balanced = named.ports.filter((port) => port.frontends.some((each) => each.at.table === 'nat'));
    expect(balanced.length).toBeGreaterThan(70);
    for (const port of balanced) {
      const found = bare.portById(port.id);
      expect(found?.nameSource).toBe('objects');
      expect(
        found?.frontends
          .filter((each) => each.at.table === 'nat')
          .map((each) => [each.kind, each.address, each.port]),
      ).toEqual(
        port.frontends
          .filter((each) => each.at.table === 'nat')
          .map((each) => [each.kind, each.address, each.port]),
      );
    }
  });

  test('and without them the structure still gives frontends, endpoints and shares under the chain’s name', () => {
    const port = servicesIn(sources).catalog.portById('KUBE-SVC-2SVPRPKIAEM3QLMQ');
    expect(port?.nameSource).toBe('structure');
    expect(port?.frontends.map((each) => each.kind)).toEqual(['clusterIP', 'nodePort']);
    expect(port?.endpoints.map((each) => each.address)).toEqual([
      '10.244.1.47',
      '10.244.1.48',
      '10.244.3.37',
    ]);
  });
});

function sep(letter: string): string {
  return `KUBE-SEP-${letter.repeat(16)}`;
}

function random(probability: string): string {
  return `-m statistic --mode random --probability ${probability} `;
}

describe('shares are what the rules say, not 1/n', () => {
  const svc = 'KUBE-SVC-4N57TFCL4MD7ZTDA';
  const rule = (match: string, letter: string) => `-A ${svc} ${match}-j ${sep(letter)}\n`;
  const sharesOf = (rules: string) => {
    const dispatch = `-A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m comment --comment "a/b cluster IP" -m tcp --dport 80 -j ${svc}\n`;
    return portOf(catalogOf(dispatch + rules), 'a/b').endpoints.map((each) => each.share);
  };

  test.each([
    ['a rule that somebody removed', rule(random('0.5'), 'A') + rule(random('0.5'), 'B'), [0.5, 0.25]],
    ['nothing left for the last', rule('', 'A') + rule('', 'B'), [1, 0]],
    ['one endpoint twice', rule(random('0.25'), 'A') + rule('', 'A'), [1]],
    ['a condition that is not chance', rule('-s 10.0.0.0/8 ', 'A') + rule('', 'B'), [null, null]],
    [
      'every third packet',
      rule('-m statistic --mode nth --every 4 --packet 0 ', 'A') + rule('', 'B'),
      [0.25, 0.75],
    ],
    [
      'turned round',
      rule('-m statistic --mode random ! --probability 0.25 ', 'A') + rule('', 'B'),
      [0.75, 0.25],
    ],
    ['a rule that returns first', `-A ${svc} -j RETURN\n${rule('', 'A')}`, [0]],
  ])('%s', (_name, rules, shares) => {
    expect(sharesOf(rules)).toEqual(shares);
  });
});

function kinds(owners: readonly AddressOwner[]): readonly string[] {
  return owners.map((owner) => owner.kind);
}

describe('look-ups', () => {
  const { catalog, iptables } = dumpServices('1.36.3', 'with objects');

  test('every chain of kube-proxy’s own leads to its port', () => {
    const rulesets = dumpRulesets('1.36.3');
    for (const family of [4, 6] as const) {
      for (const chain of tableNamed(rulesets[family], 'nat')?.chains.keys() ?? []) {
        if (!/^KUBE-(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}$/u.test(chain)) continue;
        const owner = iptables.ofChain(chain, family);
        expect([owner?.family, owner?.port.nameSource]).toEqual([family, 'rules']);
        if (owner?.kind === 'sep') expect(owner.endpoint?.label).toBe(chain);
      }
    }
  });

  test.each(['KUBE-SERVICES', 'KUBE-SVC-AAAAAAAAAAAAAAAA', 'KUBE-SEP-AAAAAAAAAAAAAAAA', 'PREROUTING', ''])(
    '%j is no Service’s chain',
    (chain) => {
      expect(iptables.ofChain(chain)).toBeNull();
    },
  );

  test('an address is a frontend’s, a pod’s, a node’s or an endpoint’s', () => {
    expect(kinds(catalog.whoHas('10.96.0.1'))).toEqual(['frontend']);
    expect(kinds(catalog.whoHas('10.244.1.47'))).toEqual(['pod', 'endpoint', 'endpoint']);
    expect(kinds(catalog.whoHas('192.168.0.2'))).toContain('node');
    expect(catalog.whoHas('203.0.113.99')).toEqual([]);
  });

  test('an IPv6 address is found in any spelling', () => {
    const [frontend] = portOf(catalog, 'v6/dual:http').frontends.filter((each) => each.family === 6);
    const address = frontend?.address ?? '';
    const long = address.replace('::', ':0:0:0:0:').toUpperCase();
    expect(long).not.toBe(address);
    expect(catalog.whoHas(long)).toEqual(catalog.whoHas(address));
    expect(catalog.whoHas(address)).toHaveLength(2);
  });

  test('frontends are found by port and protocol', () => {
    const at = (port?: number, protocol?: string) =>
      catalog.frontendsAt('10.96.0.10', port, protocol).map((hit) => hit.port.portName);
    expect(at()).toEqual(['dns', 'dns-tcp', 'metrics']);
    expect(at(53)).toEqual(['dns', 'dns-tcp']);
    expect(at(53, 'udp')).toEqual(['dns']);
    expect(catalog.frontendsAt(null, 30080).map((hit) => hit.port.name)).toEqual(['edge/np-cluster:http']);
  });

  test('a rule tells its port by the chain, the target or the comment', () => {
    const sources = dumpSources('1.36.3');
    const of = (table: string, chain: string, index: number) => {
      const rule = sources.ruleAt({ source: 'iptables', table, chain, index });
      if (rule === null) throw new Error('no such rule');
      return catalog.ofRule({ source: 'iptables', table, chain, index, span: rule })?.name;
    };
    expect(of('filter', 'KUBE-SERVICES', 0)).toBe('edge/np-noep:udp');
    expect(of('nat', 'KUBE-SERVICES', 0)).toBe('edge/np-local:http');
    expect(of('nat', 'KUBE-SVC-2SVPRPKIAEM3QLMQ', 0)).toBe('edge/np-local-two:http');
    expect(of('filter', 'KUBE-FORWARD', 0)).toBeUndefined();
  });

  test('a rule of another source is nobody’s', () => {
    const at = { table: 'nat', chain: 'KUBE-SERVICES', index: 0, span: { start: 0, end: 0 } };
    expect(catalog.ofRule({ ...at, source: 'iptables-legacy' })).toBeNull();
    expect(catalog.ofRule({ ...at, source: 'iptables', index: 100_000 })).toBeNull();
  });

  test('affinity, health check port, mark and what the objects say of an endpoint', () => {
    expect(portOf(catalog, 'shop/sticky:http').affinity).toEqual({ kind: 'ClientIP', seconds: 10_800 });
    expect(portOf(catalog, 'edge/lb-local:http').healthCheckNodePort).toBe(32_100);
    expect(iptables.masqueradeMark).toBe(0x4000);
    const [endpoint] = portOf(catalog, 'infra/not-ready:http').endpoints;
    expect([endpoint?.ready, endpoint?.inRules, endpoint?.inObjects]).toEqual([false, false, true]);
  });
});

test('left-over chains are told from those in use', () => {
  const catalog = catalogOf(
    '-A KUBE-SVC-4N57TFCL4MD7ZTDA -m comment --comment "a/b:c -> 10.0.0.1:80" -j KUBE-SEP-AAAAAAAAAAAAAAAA\n',
  );
  const [port] = catalog.ports;
  expect([port?.name, port?.leftOver, port?.endpoints[0]?.address]).toEqual(['a/b:c', true, '10.0.0.1']);
});

function dispatchCommented(comment: string): string {
  return `-A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m comment --comment "${comment}" -m tcp --dport 80 -j KUBE-SVC-4N57TFCL4MD7ZTDA\n`;
}

test('names with markup are data, and a comment that is no name names nothing', () => {
  const name = '<b>/**x**';
  expect(catalogOf(dispatchCommented(`${name}:p cluster IP`)).ports[0]).toMatchObject({
    namespace: '<b>',
    service: '**x**',
    portName: 'p',
  });
  expect(catalogOf(dispatchCommented('an ordinary remark')).ports[0]?.name).toBe('KUBE-SVC-4N57TFCL4MD7ZTDA');
});

test('10,000 Services are in the catalog', () => {
  expect(dumpServices('1.36.3-large').catalog.services).toHaveLength(10_000);
});

test('loops and fans of jumps are no trouble', () => {
  const ext = 'KUBE-EXT-4N57TFCL4MD7ZTDA';
  const fan = `-A ${ext} -j ${ext}\n`.repeat(300);
  const catalog = catalogOf(
    `-A KUBE-NODEPORTS -p tcp -m comment --comment "a/b:c" -m tcp --dport 30080 -j ${ext}\n${fan}`,
  );
  expect(describeFrontends(portOf(catalog, 'a/b:c'))).toEqual(['nodePort *:30080 none never']);
});

test('where all is refused, the objects tell the policies', () => {
  const port = portOf(dumpServices('1.36.3', 'with objects').catalog, 'edge/np-local-noep:http');
  expect([port.internalPolicy, port.externalPolicy]).toEqual(['Cluster', 'Local']);
  expect(portOf(dumpServices('1.36.3').catalog, 'edge/np-local-noep:http').externalPolicy).toBe('Cluster');
});
