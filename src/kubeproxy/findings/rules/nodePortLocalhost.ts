/** Node ports that do not work at 127.0.0.1 of the node: by the rules, or by the kernel's setting (k/k #90259). */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { numberSysctl } from '../../../kernel/node/sysctls.ts';
import { parseAddress } from '../../../values/address.ts';
import { readNetworks } from '../../../values/networks.ts';
import { plural } from '../../narrative/words.ts';
import { generalOption, targetNameOf, valueOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

const CURE = 'Use another address of the node, or the cluster IP.';

/** Only of IPv4: at ::1 no release makes node ports work. */
export function nodePortLocalhost(subject: RulesSubject): readonly Finding[] {
  const services = subject.chain('nat', 'KUBE-SERVICES');
  const ports = subject.rules('nat', 'KUBE-NODEPORTS').length;
  if (subject.family !== 4 || subject.isPart || services === null || ports === 0) return [];
  const jumps = services.rules.slice(-MOST_JUMPS).filter((rule) => targetNameOf(rule) === 'KUBE-NODEPORTS');
  const [first] = jumps;
  if (first === undefined) return [];
  const count = plural(ports, 'rule');
  if (!jumps.some(takesLocalhost)) {
    const why = `the rule that leads to KUBE-NODEPORTS (${count}) leaves 127.0.0.0/8 out`;
    return [
      found(
        subject,
        services,
        first,
        why,
        'kube-proxy was told so (--iptables-localhost-nodeports=false, or --nodeport-addresses)',
      ),
    ];
  }
  const all = numberSysctl(subject.parts.node, 'net.ipv4.conf.all.route_localnet');
  if (all !== 0) return [];
  return [
    found(
      subject,
      services,
      first,
      'the kernel drops what goes from 127.0.0.1 to elsewhere (net.ipv4.conf.all.route_localnet is 0)',
      'kube-proxy sets it to 1 when it starts, unless it is told not to',
    ),
  ];
}

/** kube-proxy puts one such rule for each address of --nodeport-addresses at the end of the chain. */
const MOST_JUMPS = 64;

function found(subject: RulesSubject, chain: Chain, rule: Rule, why: string, who: string): Finding {
  return ruleFinding({
    code: 'node-port-localhost',
    at: subject.at(chain, rule),
    message: `Node ports do not work at 127.0.0.1 of this node: ${why}. Processes of the node that ask localhost are refused or hang; ${who}. ${CURE}`,
  });
}

function takesLocalhost(rule: Rule): boolean {
  const option = generalOption(rule, '-d');
  if (option === null) return true;
  const read = readNetworks(valueOf(option) ?? '', 4);
  const localhost = parseAddress('127.0.0.1')?.value ?? 0n;
  if (read.kind === 'fault') return true;
  const isIn = read.value.some(({ value, mask }) => (localhost & mask) === value);
  return isIn === (option.negation === null);
}
