/** What the row of a refused frontend says of rules that come before kube-proxy's: a trace decides whether they do. */
import { describe, expect, it } from 'vitest';
import { fateWords } from '../../../../src/kubeproxy/words/frontendWords.ts';
import { flow } from '../../../kernel/fixtures.ts';
import { table } from '../../narrative/clientRules.ts';
import { rulesOnly } from '../../narrative/support.ts';

const portal =
  '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES';
const refusal =
  '-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http has no endpoints" -m tcp --dport 80';
const REJECT = `${refusal} -j REJECT --reject-with icmp-port-unreachable`;
const ofPod = flow('pod > 10.96.7.7:80 tcp');

function asked(
  before: readonly string[],
  own = REJECT,
): { readonly words: string; readonly verdict: string } {
  const chains = ['INPUT', 'FORWARD', 'OUTPUT', 'PLUGIN', 'DEEPER', 'KUBE-FORWARD', 'KUBE-SERVICES'];
  const analysis = rulesOnly(
    [...table('filter', chains, [...before, `-A FORWARD ${portal}`, `-A OUTPUT ${portal}`, own])].join('\n'),
  );
  const frontend = analysis.catalog.portNamed('shop/cart:http')?.frontends[0];
  const outcomes = analysis.engine(4)?.trace(ofPod, { hints: analysis.hints }).outcomes ?? [];
  return {
    words: frontend === undefined ? '' : fateWords(frontend),
    verdict: outcomes.map(({ verdict }) => verdict).join(),
  };
}

describe('a Service port that kube-proxy rejects', () => {
  it.each<[string, readonly string[], string, string]>([
    ['ACCEPT', ['-A FORWARD -s 10.244.0.0/16 -j ACCEPT'], 'forward', 'rule 1 of FORWARD accepts'],
    [
      'jumps',
      ['-A FORWARD -j PLUGIN', '-A PLUGIN -g DEEPER', '-A DEEPER -j ACCEPT'],
      'forward',
      'rule 1 of DEEPER accepts',
    ],
    [
      'SYN',
      ['-A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
      'drop',
      'rule 1 of FORWARD drops',
    ],
    ['DROP', ['-A FORWARD -p tcp -m multiport --dports 80,443 -j DROP'], 'drop', 'rule 1 of FORWARD drops'],
    [
      'ACCEPT behind RETURN of some',
      ['-A FORWARD -j PLUGIN', '-A PLUGIN -s 10.99.0.0/16 -d 10.96.0.0/16 -j RETURN', '-A PLUGIN -j ACCEPT'],
      'forward',
      'rule 2 of PLUGIN accepts',
    ],
    ['NFQUEUE', ['-A FORWARD -j NFQUEUE --queue-num 1'], 'forward,unknown,drop', 'rule 1 of FORWARD queues'],
  ])('unless %s comes first', (_name, before, verdict, rule) => {
    expect(asked(before)).toEqual({ verdict, words: `rejected: no endpoints, unless ${rule} it before` });
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['REJECT', ['-A FORWARD -j REJECT']],
    ['known connections', ['-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT']],
    ['what was translated', ['-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT']],
    ['what is answered', ['-A FORWARD -m conntrack --ctstatus SEEN_REPLY -j ACCEPT']],
    ['what is broken', ['-A FORWARD -m state --state INVALID -j DROP']],
    ['what goes back', ['-A FORWARD -m conntrack --ctdir REPLY -j ACCEPT']],
    [
      'what opens no connection',
      [
        '-A FORWARD -p tcp -m tcp --tcp-flags RST RST -j DROP',
        '-A FORWARD -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP',
        '-A FORWARD -p tcp -m tcp ! --syn -m state --state NEW -j DROP',
      ],
    ],
    ['another address', ['-A FORWARD -d 10.96.7.8/32 -j ACCEPT', '-A FORWARD ! -d 10.96.0.0/16 -j DROP']],
    ['another protocol', ['-A FORWARD -p udp -j DROP']],
    [
      'another port',
      ['-A FORWARD -p tcp -m tcp --dport 81:90 -j DROP', '-A FORWARD -p tcp -m tcp ! --dport 80 -j DROP'],
    ],
    ['loopback', ['-A FORWARD -i lo -j ACCEPT']],
    [
      'addresses of Services that a chain returns, as that of kube-router does',
      [
        '-A FORWARD -j PLUGIN',
        '-A PLUGIN -d 10.96.0.0/12 -m comment --comment "allow traffic to cluster IP" -j RETURN',
        '-A PLUGIN -j DEEPER',
        '-A PLUGIN -j ACCEPT',
        '-A DEEPER -j ACCEPT',
      ],
    ],
    [
      'ports that a chain returns',
      ['-A FORWARD -j PLUGIN', '-A PLUGIN -p tcp -m tcp --dport 80 -j RETURN', '-A PLUGIN -j ACCEPT'],
    ],
    ['a chain that returns', ['-A FORWARD -j PLUGIN', '-A PLUGIN -j RETURN', '-A PLUGIN -j ACCEPT']],
    [
      'kube-proxy itself',
      ['-A FORWARD -j KUBE-FORWARD', '-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT'],
    ],
    ['another hook', ['-A INPUT -j ACCEPT']],
  ])('whatever becomes of %s', (_name, before) => {
    expect(asked(before)).toEqual({ verdict: 'reject', words: 'rejected: no endpoints' });
  });
});

it('says the same of what kube-proxy drops', () => {
  const own = `${refusal.replace('no endpoints', 'no local endpoints')} -j DROP`;
  expect(asked(['-A FORWARD -j ACCEPT'], own).words).toBe(
    'dropped: no endpoints on this node, unless rule 1 of FORWARD accepts it before',
  );
  expect(asked(['-A FORWARD -j DROP'], own).words).toBe('dropped: no endpoints on this node');
});

it('says nothing of what is sent to many, which no node port is asked by', () => {
  const port =
    '-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "shop/cart:http has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j DROP';
  const words = (to: string): string => {
    const rules = [`-A INPUT -d ${to} -j ACCEPT`, `-A INPUT ${EXTERNAL}`, port];
    const analysis = rulesOnly(table('filter', ['INPUT', 'KUBE-EXTERNAL-SERVICES'], rules).join('\n'));
    const frontend = analysis.catalog.portNamed('shop/cart:http')?.frontends[0];
    return frontend === undefined ? '' : fateWords(frontend);
  };
  expect(words('224.0.0.0/4')).toBe('dropped: no endpoints on this node');
  expect(words('224.0.0.18/32')).toBe('dropped: no endpoints on this node');
  expect(words('192.168.0.0/16')).toContain('unless rule 1 of INPUT accepts it before');
});

const EXTERNAL =
  '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES';
