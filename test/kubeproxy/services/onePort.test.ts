import { describe, expect, test } from 'vitest';
import type { Catalog, ServicePort } from '../../../src/kubeproxy/services/catalog.ts';
import type { Sources } from '../../../src/kubeproxy/sources.ts';
import { dumpServices, dumpSources, dumpsWith, servicesIn, textSources } from '../dumps.ts';

/** All that a port says. */
function said(port: ServicePort): unknown {
  const { id, name, nameSource, protocol, families, frontends, endpoints, internalPolicy, externalPolicy } =
    port;
  const { affinity, healthCheckNodePort, leftOver } = port;
  const policies = [internalPolicy, externalPolicy];
  return {
    id,
    name,
    nameSource,
    protocol,
    families,
    frontends,
    endpoints,
    policies,
    affinity,
    healthCheckNodePort,
    leftOver,
  };
}

/** Of a large dump a few ports. */
function some<Item>(items: readonly Item[]): readonly Item[] {
  const step = Math.ceil(items.length / 40);
  return items.filter((_, index) => index % step === 0);
}

/** `make` gives a catalog that was asked nothing yet. */
function expectSame(make: () => Catalog, ports: readonly ServicePort[], whole: Catalog): void {
  const one = make();
  for (const port of some(ports)) {
    const { name, protocol, frontends } = port;
    const [frontend] = frontends;
    if (frontend !== undefined) {
      const { address, port: number } = frontend;
      const names = (catalog: Catalog): unknown =>
        catalog.frontendsAt(address, number).map((hit) => [hit.port.id, hit.frontend]);
      expect(names(one)).toEqual(names(whole));
      expect(one.ofRule(frontend.at)?.id).toBe(whole.ofRule(frontend.at)?.id);
    }
    const found = one.portNamed(name, protocol);
    expect(found && said(found)).toEqual(said(whole.portNamed(name, protocol) ?? port));
    const service = `${port.namespace ?? ''}/${port.service ?? ''}`;
    const ids = (catalog: Catalog): unknown => catalog.serviceNamed(service)?.ports.map(({ id }) => id);
    expect(ids(one)).toEqual(ids(whole));
  }
}

function wholeOf(make: () => Catalog): Catalog {
  const catalog = make();
  void catalog.ports;
  return catalog;
}

/** Table nat with its chains declared. */
function nat(rules: string): Sources {
  const declared = [...new Set(rules.match(/KUBE-[A-Z]+(?:-[A-Z2-7]{16})?/gu))];
  return textSources(`*nat\n${declared.map((chain) => `:${chain} - [0:0]\n`).join('')}${rules}COMMIT\n`);
}

function dispatch(name: string, chain: string, address = '10.0.0.1'): string {
  return `-A KUBE-SERVICES -d ${address}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80 -j ${chain}\n`;
}

describe('a port that is asked for by itself says what it says among all', () => {
  test.each(dumpsWith('iptables-save.txt'))('%s', (dump) => {
    const sources = dumpSources(dump);
    const make = (): Catalog => servicesIn(sources).catalog;
    const whole = wholeOf(make);
    expectSame(make, whole.ports, whole);
    const refused = whole.ports.filter(({ evidence }) => (evidence?.refusals() ?? []).length > 0);
    expect(make().refused.map(said)).toEqual(refused.map(said));
    expect(whole.refused).toEqual(refused);
  });

  const WEB = 'OFDKTNVQDIZ2XIRE';
  test.each([
    [
      'one name for two',
      dispatch('a/b:c', `KUBE-SVC-${WEB}`) + dispatch('a/b:c', 'KUBE-SVC-AAAAAAAAAAAAAAAA', '10.0.0.2'),
    ],
    [
      'a chain that is left over, and has the name of another one',
      `${dispatch('a/b:c', 'KUBE-SVC-AAAAAAAAAAAAAAAA')}-A KUBE-SVC-BBBBBBBBBBBBBBBB -p tcp -m comment --comment "a/b:c" -j KUBE-SEP-CCCCCCCCCCCCCCCC\n`,
    ],
    [
      'rules that name nobody',
      `-A KUBE-SERVICES -d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:c" -j KUBE-SEP-CCCCCCCCCCCCCCCC\n`,
    ],
    [
      'no names at all',
      '-A KUBE-SERVICES -d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA\n',
    ],
  ])('%s', (_, rules) => {
    const make = (): Catalog => servicesIn(nat(rules)).catalog;
    const whole = wholeOf(make);
    expect(whole.ports.length).toBeGreaterThan(0);
    expectSame(make, whole.ports, whole);
  });
});

test('the same values are in the catalog of all', () => {
  const { catalog } = dumpServices('1.36.3');
  const [hit] = catalog.frontendsAt('10.96.0.10');
  expect(hit).toBeDefined();
  expect(catalog.ports).toContain(hit?.port);
});
