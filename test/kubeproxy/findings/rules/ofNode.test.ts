import { describe, expect, it } from 'vitest';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { wordsOfFinding } from '../../../../src/kubeproxy/findings/finding.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpText } from '../../dumps.ts';
import { rulesOnly } from '../../narrative/support.ts';

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

describe('differences between rules and objects', () => {
  const rules = dumpText('1.36.3', 'iptables-save.txt') ?? '';
  const objects = dumpText('1.36.3', 'objects.json') ?? '';

  it('are a count of what explains them', () => {
    const half = rules.replaceAll(/^-A KUBE-SEP-.*\n|^.*shop\/three:.*\n/gm, '');
    const found = finish(findingsOfNode(rulesOnly(half, { 'objects.json': objects })));
    const codes = found.map(({ code }) => code).filter((code) => !code.startsWith('no-'));
    expect(codes).toEqual(['rules-frozen']);
    expect(found[0]?.message).toMatch(
      /\d+ differences? between the rules and the cluster’s objects, at \d+ Service ports?, follows? from it\.$/,
    );
  });

  it('are none where the rules are right', () => {
    const found = finish(findingsOfNode(rulesOnly(rules, { 'objects.json': objects })));
    expect(found.filter(({ code }) => !code.startsWith('no-'))).toEqual([]);
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
