import { describe, expect, it } from 'vitest';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { wordsOfFinding } from '../../../../src/kubeproxy/findings/finding.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpText } from '../../dumps.ts';
import { rulesOnly } from '../../narrative/support.ts';
import { withoutServices } from './faults/innocents.ts';

/** What is said of shop/cart:http, which has no endpoints. */
function refused(before: string): string {
  const rules = [
    '*filter',
    ':FORWARD ACCEPT [0:0]',
    ':FLANNEL-FWD - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    before,
    '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES',
    '-A FLANNEL-FWD -s 10.244.0.0/16 -j ACCEPT',
    '-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http has no endpoints" -m tcp --dport 80 -j REJECT',
    'COMMIT',
    '',
  ].join('\n');
  const [message = ''] = finish(findingsOfNode(rulesOnly(rules)))
    .filter(({ code }) => code === 'no-endpoints')
    .map((finding) => finding.message);
  return message;
}

describe('a Service without endpoints', () => {
  it('keeps pods waiting where a network plugin accepts what they send before', () => {
    expect(refused('-A FORWARD -j FLANNEL-FWD')).toMatch(
      /Not so pods: rule 1 of FLANNEL-FWD accepts what they send before KUBE-SERVICES is asked, and they wait in vain\.$/,
    );
  });

  it('refuses pods where nothing does', () => {
    expect(refused('-A FORWARD -i docker0 -j FLANNEL-FWD')).not.toContain('Not so pods');
  });
});

/** What is said of shop/cart, which has no endpoints, on a node where nothing accepts pods’ packets before. */
function noticed(protocol: string, output: readonly string[], files: Record<string, string> = {}): string {
  const rules = [
    '*filter',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES',
    ...output,
    '-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES',
    `-A KUBE-SERVICES -d 10.96.7.7/32 -p ${protocol} -m comment --comment "shop/cart:http has no endpoints" -m ${protocol} --dport 80 -j REJECT`,
    'COMMIT',
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]',
    ':KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]',
    '-A KUBE-SERVICES -d 10.96.7.8/32 -p tcp -m comment --comment "shop/other:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA',
    '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "shop/other:http -> 10.244.0.7:8080" -j KUBE-SEP-AAAAAAAAAAAAAAAA',
    '-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m comment --comment "shop/other:http" -m tcp -j DNAT --to-destination 10.244.0.7:8080',
    'COMMIT',
    '',
  ].join('\n');
  const found = finish(findingsOfNode(rulesOnly(rules, files)));
  return found.find(({ code }) => code === 'no-endpoints')?.message ?? '';
}

function link(ifname: string, local: string, prefixlen: number): object {
  return {
    ifname,
    flags: ['UP', ifname === 'lo' ? 'LOOPBACK' : 'BROADCAST'],
    operstate: 'UP',
    addr_info: [{ family: 'inet', local, prefixlen }],
  };
}

describe('what clients of a Service without endpoints notice', () => {
  const says = 'shop/cart:http has no endpoints, so this node rejects its connections';
  const node = {
    'ip-addr.json': JSON.stringify([
      link('lo', '127.0.0.1', 8),
      link('eth0', '192.168.0.2', 24),
      link('cni0', '10.244.0.1', 24),
    ]),
    'ip-route.json': JSON.stringify([
      { dst: 'default', gateway: '192.168.0.1', dev: 'eth0' },
      { dst: '10.244.0.0/24', dev: 'cni0', scope: 'link', prefsrc: '10.244.0.1' },
      { dst: '192.168.0.0/24', dev: 'eth0', scope: 'link', prefsrc: '192.168.0.2' },
    ]),
  };

  it.each([
    ['tcp', ': clients see "connection refused" at once.'],
    [
      'udp',
      ': clients see "connection refused" from a pod and are told "operation not permitted" at once from this node.',
    ],
    ['sctp', ': clients get no answer.'],
  ])('is, where nothing stops the refusal, told by the protocol: %s', (protocol, notice) => {
    expect(noticed(protocol, [], node)).toMatch(new RegExp(`^${escaped(says + notice)} Look `));
  });

  it('is told of the node alone where rules of others refuse pods before', () => {
    const before = '-I FORWARD 1 -s 10.244.0.0/16 -j REJECT';
    expect(noticed('udp', [before], node)).toContain(
      `${says}: clients are told "operation not permitted" at once from this node. Look `,
    );
  });

  it('is nothing where OUTPUT drops the refusal', () => {
    expect(noticed('tcp', ['-A OUTPUT -p icmp -j DROP'], node)).toContain(
      `${says}: clients wait in vain, since the refusal is dropped by rule 1 of OUTPUT. Look `,
    );
  });

  it('is not said where a rule decides on the refusal that nobody can know', () => {
    expect(noticed('tcp', ['-A OUTPUT -p icmp -m set --match-set quiet dst -j DROP'], node)).toContain(
      `${says}. Look `,
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** What is truly so of Services of the dump. */
function isSo(code: string): boolean {
  return code.startsWith('no-') || code === 'selector-matches-nothing';
}

describe('differences between rules and objects', () => {
  const rules = dumpText('1.36.3', 'iptables-save.txt') ?? '';
  const objects = dumpText('1.36.3', 'objects.json') ?? '';

  it('are a count of what explains them', () => {
    const half = rules.replaceAll(/^-A KUBE-SEP-.*\n|^.*shop\/three:.*\n/gm, '');
    const found = finish(findingsOfNode(rulesOnly(half, { 'objects.json': objects })));
    const codes = found.map(({ code }) => code).filter((code) => !isSo(code));
    expect(codes).toEqual(['rules-frozen']);
    expect(found[0]?.message).toMatch(
      /\d+ differences? between the rules and the cluster’s objects, at \d+ Service ports?, follows? from it\.$/,
    );
  });

  it('are none where the rules are right', () => {
    const found = finish(findingsOfNode(rulesOnly(rules, { 'objects.json': objects })));
    expect(found.filter(({ code }) => !isSo(code))).toEqual([]);
  });
});

it('what is assumed is told behind the message', () => {
  expect(wordsOfFinding({ message: 'It is so.', assumes: 'pods are there' })).toBe(
    'It is so. Assumed: pods are there.',
  );
  expect(wordsOfFinding({ message: 'It is so.', assumes: null })).toBe('It is so.');
});

/** A rule as `iptables -nL` prints it. */
function listed(words: string, comment: string): string {
  return `${words}  /* default/kubernetes:https${comment} */`;
}

it('a listing of whole chains, whose rules are written in another order, is as it should be', () => {
  const listing = [
    'Chain KUBE-SERVICES (2 references)',
    'target     prot opt source               destination',
    `${listed('KUBE-SVC-NPX46M4PTMTKRN6Y  tcp  --  0.0.0.0/0  10.96.0.1', ' cluster IP')} tcp dpt:443`,
    '',
    'Chain KUBE-SVC-NPX46M4PTMTKRN6Y (1 references)',
    'target     prot opt source               destination',
    listed('KUBE-SEP-AJDQ5GXJFICQGLFW  all  --  0.0.0.0/0  0.0.0.0/0', ' -> 192.168.205.10:6443'),
    '',
    'Chain KUBE-SEP-AJDQ5GXJFICQGLFW (1 references)',
    'target     prot opt source               destination',
    listed('KUBE-MARK-MASQ  all  --  192.168.205.10  0.0.0.0/0', ''),
    `${listed('DNAT  tcp  --  0.0.0.0/0  0.0.0.0/0', '')} tcp to:192.168.205.10:6443`,
    '',
  ].join('\n');
  expect(finish(findingsOfNode(rulesOnly(listing)))).toEqual([]);
});

it('says nothing of the chains that kube-proxy keeps for IPv6 in a cluster of IPv4', () => {
  const rules = dumpText('1.36.3', 'iptables-save.txt') ?? '';
  const six = withoutServices(dumpText('1.36.3', 'ip6tables-save.txt') ?? '');
  expect(six).toContain('-A KUBE-MARK-MASQ ');
  const codes = (others: Readonly<Record<string, string>>): readonly string[] =>
    finish(findingsOfNode(rulesOnly(rules, others))).map(({ code }) => code);
  expect(codes({ 'ip6tables-save.txt': six })).toEqual(codes({}));
});
