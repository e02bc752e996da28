/** A packet as policy rules look at it: net/ipv4/route.c, with fib4_rules_early_flow_dissect for what is in its headers. */
import { type Question, question } from '../answers.ts';
import { numberFact, ownerFact } from '../facts.ts';
import type { Ask, OpenSelector, Traffic } from '../node/traffic.ts';
import { hasPorts, type Packet } from '../packet.ts';
import type { Port } from '../port.ts';
import type { Run } from '../run.ts';
import { localQuestion } from './ownAddress.ts';

/** The first four bytes behind ESP's header are taken for ports, those of AH's too; a flow does not tell them. */
const [ESP, AH] = [50, 51];

/** `uid`: whose packet it is to the kernel at this look-up; what it only forwards is nobody's, and counts as root's. */
export function trafficOf(run: Run, packet: Packet, uid: number | null): Traffic {
  return {
    protocol: packet.protocol,
    sourcePort: portOf(packet, packet.sourcePort),
    destinationPort: portOf(packet, packet.destinationPort),
    uid,
    ask: askIn(run, packet),
  };
}

/** Explores both answers in the run. */
export function askIn(run: Run, packet: Packet): Ask {
  return (selector, priority) =>
    run.ask(
      selector.kind === 'own' ? localQuestion(run, packet, selector.address) : questionOf(selector, priority),
    );
}

function portOf({ protocol }: Packet, port: Port): number | null {
  if (hasPorts(protocol)) return typeof port === 'number' ? port : null;
  return protocol === ESP || protocol === AH ? null : 0;
}

function questionOf(selector: Exclude<OpenSelector, { readonly kind: 'own' }>, priority: number): Question {
  const rule = `the policy rule of priority ${priority}`;
  switch (selector.kind) {
    case 'user': {
      const range = selector.from === selector.to ? String(selector.from) : `${selector.from}-${selector.to}`;
      const claim = `the sending process runs as user ${range}`;
      const message = `Whether ${claim} is not known, and ${rule} asks for it.`;
      return question(`owner:user:${range}`, 'owner-unknown', message, claim, {
        is: [ownerFact('user', range)],
      });
    }
    case 'port': {
      const { end, from, to } = selector;
      const claim = `the ${end} port is one of ${from}:${to}`;
      const message = `Whether ${claim} is not known, and ${rule} asks for it.`;
      const is = [numberFact(`port:${end}`, [{ from, to }], 65535)];
      return question(`port:${end}:${from}:${to}`, 'port-unknown', message, claim, { is });
    }
    case 'tunnel': {
      const claim = `the packet came out of a tunnel with the key ${selector.id}`;
      const message = `Whether ${claim} is not known, and ${rule} asks for it.`;
      return question(`tunnel:${selector.id}`, 'tunnel-unknown', message, claim);
    }
    default: {
      const claim = `${rule} applies to the packet (${selector.name})`;
      const message = `Whether ${claim} is not known.`;
      return question(`policy-rule:${priority}:${selector.name}`, 'policy-rule-unknown', message, claim);
    }
  }
}
