/** What the real kernel makes of every TCP segment in every state of a connection, against what is recorded for the unit tests. */
import { expect, test } from 'vitest';
import type { Flow, FlowSource, TcpFlag } from '../../src/kernel/flow.ts';
import { recordedTcp, type TcpCase, tcpCases } from '../kernel/conntrack/tcpCases.ts';
import { Lab, labTools } from './support/lab.ts';
import { runFlows } from './support/runFlows.ts';
import { describeWithKernel } from './support/requirements.ts';

const client: FlowSource = { kind: 'pod', address: '10.244.1.7', port: 40000, interface: 'cni0' };
const server: FlowSource = { kind: 'external', address: '198.51.100.7', port: 80, interface: 'eth0' };

const rules = '*mangle\n-A FORWARD -m conntrack --ctstate INVALID\nCOMMIT\n';

const entry =
  '-p tcp -s 10.244.1.7 -d 198.51.100.7 --sport 40000 --dport 80 -t 60 --reply-src 198.51.100.7 --reply-dst 10.244.1.7 --reply-port-src 80 --reply-port-dst 40000';

function send(from: FlowSource, to: FlowSource, ...tcpFlags: readonly TcpFlag[]): Flow {
  return {
    family: 4,
    from,
    to: { address: to.address ?? '', port: to.port ?? 0 },
    protocol: 'tcp',
    packet: { tcpFlags },
  };
}

/** An entry in the case's state, and nothing counted. */
function prepare(lab: Lab, { state, seenReply }: TcpCase): void {
  const add =
    state === 'NONE'
      ? 'true'
      : `conntrack -I ${entry} --state ${state === 'SYN_SENT2' ? 'LISTEN' : state}${seenReply ? ' -u SEEN_REPLY' : ''}`;
  lab.node.run(['sh', '-c', `conntrack -F; ${add} && iptables-nft -t mangle -Z`]);
}

/** `INVALID`, `gone`, or the state of the entry with who it says began it. */
function outcome(lab: Lab): string {
  const printed = lab.node.run([
    'sh',
    '-c',
    'iptables-nft-save -c -t mangle; conntrack -L -p tcp 2>/dev/null',
  ]);
  if (/^\[[1-9]\d*:\d+\] -A FORWARD/m.test(printed)) return 'INVALID';
  const [, state, source] = /^tcp +6 +(?:\d+ )?(\w+) src=(\S+)/m.exec(printed) ?? [];
  if (state === undefined) return 'gone';
  const assured = printed.includes('[ASSURED]') ? ' assured' : '';
  return `${state}${assured}${source === client.address ? '' : ', begun by the server'}`;
}

describeWithKernel('the TCP state machine', labTools, () => {
  test('is the recorded one', async () => {
    const sysctls = ['net.netfilter.nf_conntrack_tcp_be_liberal=1'];
    const lab = new Lab({ backend: 'nft', rules: { 4: rules }, sysctls });
    try {
      const seen: string[] = [];
      for (const each of tcpCases) {
        const from = each.direction === 'original' ? client : server;
        const to = each.direction === 'original' ? server : client;
        prepare(lab, each);
        await lab.send(send(from, to, ...each.flags));
        seen.push(`${each.name}: ${outcome(lab)}`);
      }
      if (process.env['KPE_RECORD'] === '1') console.log(JSON.stringify(seen, null, 2));
      expect(seen).toEqual(recordedTcp);
    } finally {
      lab.close();
    }
  }, 240_000);

  test.each([0, 1])(
    'is left as it is by a reset that acknowledges nothing, be_liberal=%i',
    async (liberal) => {
      const states = ['INVALID', 'NEW', 'ESTABLISHED'].map(
        (state) => `-A FORWARD -m conntrack --ctstate ${state}`,
      );
      const sysctls = [`net.netfilter.nf_conntrack_tcp_be_liberal=${liberal}`];
      const lab = new Lab({
        backend: 'nft',
        rules: { 4: ['*mangle', ...states, 'COMMIT', ''].join('\n') },
        sysctls,
      });
      const [syn, odd] = [send(client, server, 'SYN'), send(client, server, 'RST', 'ACK')];
      const answer = send(server, client, 'SYN', 'ACK');
      try {
        const { differences } = await runFlows(lab, [
          { ...odd, after: [syn] },
          { ...odd, after: [syn, answer] },
          { ...answer, after: [syn, odd] },
          { ...answer, after: [syn, send(client, server, 'RST')] },
          { ...answer, after: [syn, send(server, client, 'RST', 'ACK')] },
        ]);
        expect(differences).toEqual([]);
      } finally {
        lab.close();
      }
    },
  );

  test('is moved on by segments that the connection does not count', async () => {
    const counts = [1, 2, 3, 4].map(
      (packets) =>
        `-A FORWARD -m connbytes --connbytes ${packets}:${packets} --connbytes-dir both --connbytes-mode packets`,
    );
    const lab = new Lab({
      backend: 'nft',
      rules: { 4: ['*mangle', ...counts, 'COMMIT', ''].join('\n') },
    });
    const [syn, ack] = [send(client, server, 'SYN'), send(client, server, 'ACK')];
    const answer = send(server, client, 'SYN', 'ACK');
    const init = { ...syn, protocol: 'sctp' };
    const lists = [
      [syn, syn],
      [syn, syn, syn],
      [syn, answer, syn],
      [syn, answer, answer],
      [syn, answer, ack, syn],
      [syn, send(server, client, 'ACK'), syn],
      [syn, send(server, client, 'SYN')],
      [syn, send(server, client, 'SYN'), syn],
      [syn, answer, send(server, client, 'RST'), syn],
      [ack, ack],
      [init, init],
      [init, init, init],
      [init, { ...answer, protocol: 'sctp' }],
      [init, { ...answer, protocol: 'sctp' }, init],
    ];
    try {
      const flows = lists.map((list): Flow => ({ ...(list.at(-1) ?? syn), after: list.slice(0, -1) }));
      const { differences } = await runFlows(lab, flows);
      expect(differences).toEqual([]);
    } finally {
      lab.close();
    }
  });
});
