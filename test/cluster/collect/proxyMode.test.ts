import { expect, test } from 'vitest';
import { parseYaml } from '../../../src/cluster/adapters/yaml.ts';
import { modeOfConfig, modeOfConfigMap, modeOfRules } from '../../../src/cluster/collect/proxyMode.ts';
import { nftRules } from './support/fakeNode.ts';

const kind = 'kind: KubeProxyConfiguration';

test.each([
  [`${kind}\nmode: nftables\n`, 'nftables'],
  [`${kind}\nmode: "ipvs"   # as we like it\n`, 'ipvs'],
  [`${kind}\r\nmode: 'iptables'\r\n`, 'iptables'],
  [`${kind}\nmode: ""\n`, 'iptables'],
  [`${kind}\nmode:\n`, 'iptables'],
  [`${kind}\nmode: null # the default`, 'iptables'],
  [`${kind}\nmode: >-\n  ipvs\n`, 'ipvs'],
  [`{kind: KubeProxyConfiguration, mode: nftables}`, 'nftables'],
  [`${kind}\n"mode" : !!str ipvs`, 'ipvs'],
  [`other: |\n  ${kind}\n  mode: ipvs\n`, null],
  [`${kind}\nmode: ipvs\nmode: iptables\n`, null],
  [`${kind}\nx: {{ .Values }}\nmode: ipvs`, null],
  [`${kind}\nmetricsBindAddress: ""\n`, 'iptables'],
  [`${kind}\nconntrack:\n  mode: ipvs\n`, 'iptables'],
  [`# mode: ipvs\n${kind}\n`, 'iptables'],
  [`${kind}\nmode: kernelspace`, 'kernelspace'],
  [`${kind}\nmode: nonsense`, null],
  ['{"kind":"KubeProxyConfiguration","mode":"ipvs"}', 'ipvs'],
  ['{"kind":"KubeProxyConfiguration","mode":7}', null],
  ['{"kind":"KubeProxyConfiguration"', null],
  [`kind: Other\nmode: ipvs\n---\n${kind}\nmode: nftables\n`, 'nftables'],
  ['mode: ipvs', null],
  ['', null],
])('a configuration %j is of mode %s', (text, mode) => {
  expect(modeOfConfig(text, parseYaml)).toBe(mode);
});

test('a text larger than any ConfigMap is not read', () => {
  const read: string[] = [];
  const parse = (text: string) => (read.push(text), []);
  expect(modeOfConfig(`${kind}\n${'#'.repeat(1 << 20)}`, parse)).toBeNull();
  expect(read).toEqual([]);
});

test('a ConfigMap is read whatever its key is called', () => {
  const kubeconfig = 'kind: Config\nmode: x';
  expect(
    modeOfConfigMap({ data: { 'kubeconfig.conf': kubeconfig, config: `${kind}\nmode: ipvs` } }, parseYaml),
  ).toBe('ipvs');
  expect(modeOfConfigMap({ data: null }, parseYaml)).toBeNull();
});

const nft =
  'table ip kube-proxy {\n\tchain nat-output {\n\t\ttype nat hook output priority -100; policy accept;\n\t}\n}\n';
const ipvs = '*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-NODE-PORT - [0:0]\n:KUBE-LOAD-BALANCER - [0:0]\nCOMMIT\n';

/** What iptables mode writes over the chains that IPVS mode left. */
const over = ipvs.replace(
  'COMMIT',
  ':KUBE-NODEPORTS - [0:0]\n[0:0] -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\nCOMMIT',
);

test('sets of IPVS tell its mode where nothing else does, and are left over beside rules', () => {
  const sets = ['ipset-save.txt', 'create KUBE-6-CLUSTER-IP hash:ip,port family inet6\n'] as const;
  expect(modeOfRules(new Map([sets]))).toBe('ipvs');
  expect(modeOfRules(new Map([sets, ['iptables-save.txt', nftRules] as const]))).toBe('iptables');
  expect(modeOfRules(new Map([['ipset-save.txt', 'add a "create KUBE-CLUSTER-IP "\n']]))).toBeNull();
});

test.each([
  ['iptables', nftRules, ''],
  ['nftables', '', nft],
  ['ipvs', ipvs, ''],
  ['userspace', '*nat\n:KUBE-PORTALS-CONTAINER - [0:0]\nCOMMIT\n', ''],
  [null, nftRules, nft],
  [null, '*nat\nCOMMIT\n', 'table ip nat {\n}\n'],
  ['iptables', nftRules, `# ${nft}`],
  ['iptables', nftRules, 'table inet other {\n\tcomment "\n table ip kube-proxy {"\n}\n'],
  ['iptables', over, ''],
])('rules show mode %s', (mode, rules, ruleset) => {
  const files = new Map([
    ['iptables-save.txt', rules],
    ['nft.txt', ruleset],
  ]);
  expect(modeOfRules(files)).toBe(mode);
});
