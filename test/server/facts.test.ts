/** Facts in texts of any name: what the client has decides traces, and the view is told what each was taken for. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type FactTexts, nodeFactsRequest, textUseRequest } from '../../src/protocol/facts.ts';
import { recordingRequest } from '../../src/protocol/recording.ts';
import { emptyForm, statusRequest, type TraceAnswer, traceRequest } from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle.remove());

const uri = 'file:///node-1/iptables-save.txt';
const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-CARTCARTCARTCART - [0:0]
:KUBE-SEP-AONEAONEAONEAONE - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 31080 -j KUBE-SVC-CARTCARTCARTCART
-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j KUBE-SEP-AONEAONEAONEAONE
-A KUBE-SEP-AONEAONEAONEAONE -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
COMMIT
`;
const ADDRESSES =
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n' +
  '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    inet 192.0.2.10/24 scope global eth0\n';
const ROUTES =
  'default via 192.0.2.1 dev eth0\n10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1\n192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10\n';

const NONE: FactTexts = { given: [], unread: [], beside: [] };

function textOf(name: string, text: string) {
  return { uri: `file:///elsewhere/${name}`, name, text };
}

async function opened(facts: Partial<FactTexts> = {}, rules = RULES): Promise<Client> {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  client.facts = { ...NONE, ...facts };
  await client.initialize();
  await client.open(uri, rules);
  return client;
}

async function headline(client: Client): Promise<string> {
  const form = { ...emptyForm, from: 'external:203.0.113.9', to: '192.0.2.10:31080' };
  const answer: TraceAnswer = await client.ask(traceRequest, { uri, form, decisions: [] });
  return answer.kind === 'answer' ? answer.narrative.headline : JSON.stringify(answer);
}

test('what is given decides a trace, and no more once it is taken away', async () => {
  const client = await opened();
  expect(await headline(client)).toMatch(/^It depends/);
  await client.giveFacts(uri, { ...NONE, given: [textOf('ip-a', ADDRESSES), textOf('x', ROUTES)] });
  expect(await headline(client)).toMatch(/^Forwarded to 10\.244\.1\.5:8080/);
  expect(client.changed).toContain(uri);
  await client.giveFacts(uri, NONE);
  expect(await headline(client)).toMatch(/^It depends/);
});

test('a known connection leads to its line, unless it was put together of other texts', async () => {
  const client = await opened({ given: [textOf('ip-a', ADDRESSES), textOf('x', ROUTES)] });
  const listed =
    'tcp      6 86399 ESTABLISHED src=203.0.113.9 dst=192.0.2.10 sport=40000 dport=31080 src=10.244.1.6 dst=203.0.113.9 sport=8080 dport=40000 [ASSURED] mark=0 use=1\n';
  client.files.set('conntrack.txt', listed);
  await client.siblingsChanged(uri);
  const form = { ...emptyForm, from: 'external:203.0.113.9:40000', to: '192.0.2.10:31080' };
  const leadsTo = async (): Promise<string | undefined> => {
    const answer: TraceAnswer = await client.ask(traceRequest, { uri, form, decisions: [] });
    if (answer.kind !== 'answer') throw new Error(JSON.stringify(answer));
    expect(answer.narrative.named.map(({ name }) => name)).toContain('known connection');
    return answer.uris['connections'];
  };
  expect(await leadsTo()).toBe('file:///node-1/conntrack.txt');
  const given = [textOf('ip-a', ADDRESSES), textOf('x', ROUTES), textOf('conns', listed)];
  await client.giveFacts(uri, { ...NONE, given });
  expect(await leadsTo()).toBeUndefined();
});

test('each text says what it was taken for, or why it is not used', async () => {
  const client = await opened({
    given: [
      textOf('session.txt', `$ ip a\n${ADDRESSES}$ ip r\n${ROUTES}`),
      textOf('letter', 'Dear all,\n'),
      textOf('dmesg', 'TRACE: raw:PREROUTING:policy:2 IN=eth0 SRC=10.0.0.1 DST=10.0.0.2'),
      textOf('cut.yaml', 'apiVersion: v1\nkind: [Service\n'),
    ],
    unread: [{ uri: 'file:///gone', name: 'gone', reason: 'is not there any more.' }],
    beside: [textOf('other', ADDRESSES), textOf('one.txt', 'net.ipv4.ip_forward = 1\n')],
  });
  client.files.set('ip-rule.json', '[]');
  const rows = await client.ask(nodeFactsRequest, { uri });
  expect(rows.map(({ name, how, taken, covered }) => [name, how, taken, covered])).toEqual([
    ['session.txt', 'given', 'addresses and routes', false],
    ['letter', 'given', '', false],
    ['dmesg', 'given', '', false],
    ['cut.yaml', 'given', 'objects of the cluster', false],
    ['gone', 'given', '', false],
    ['ip-rule.json', 'named', 'policy rules', false],
    ['other', 'beside', '', true],
    ['one.txt', 'beside', 'sysctls', false],
  ]);
  const why = new Map(rows.map(({ name, problem }) => [name, problem]));
  expect(why.get('session.txt')).toBeNull();
  expect(why.get('letter')).toMatch(/^holds no facts that are known: it begins with "Dear all,"/);
  expect(why.get('dmesg')).toMatch(/^holds a trace of the kernel, no facts: /);
  expect(why.get('cut.yaml')).toMatch(/^is not read wholly: not valid YAML/);
  expect(why.get('gone')).toBe('is not there any more.');
});

test('what stands in the text of the rules decides, too, until something else is added', async () => {
  const client = await opened({}, `$ iptables-save\n${RULES}$ ip a\n${ADDRESSES}$ ip r\n${ROUTES}`);
  expect(await headline(client)).toMatch(/^Forwarded to 10\.244\.1\.5:8080/);
  const rows = await client.ask(nodeFactsRequest, { uri });
  expect(rows).toMatchObject([{ uri, name: 'iptables-save.txt', how: 'own', taken: 'addresses and routes' }]);
  const added = [textOf('a', ADDRESSES.replace('192.0.2.10', '192.0.2.11')), textOf('r', ROUTES)];
  await client.giveFacts(uri, { ...NONE, given: added });
  expect(await headline(client)).not.toMatch(/^Forwarded to 10\.244/);
  const [, , own] = await client.ask(nodeFactsRequest, { uri });
  expect(own).toMatchObject({ how: 'own', taken: '', covered: true });
});

test('two texts beside the rules that hold the same: neither is used, and each names the other', async () => {
  const client = await opened({ beside: [textOf('a', ADDRESSES), textOf('b', ADDRESSES)] });
  const rows = await client.ask(nodeFactsRequest, { uri });
  expect(rows.map(({ taken, problem }) => [taken, problem?.slice(0, 22)])).toEqual([
    ['', 'holds the same as b: w'],
    ['', 'holds the same as a: w'],
  ]);
  expect(await headline(client)).toMatch(/^It depends/);
});

test('the status names what was given', async () => {
  const client = await opened({ given: [textOf('ip-a', ADDRESSES)] });
  expect(await client.ask(statusRequest, { uri })).toMatchObject({ files: ['ip-a'] });
});

test.each([
  ['*nat\n-A PREROUTING -j ACCEPT\nCOMMIT\n', 'rules'],
  [ADDRESSES, 'facts'],
  ['TRACE: raw:PREROUTING:policy:2 IN=eth0 SRC=10.0.0.1 DST=10.0.0.2', 'kernel-trace'],
  ['12:00:01.000000 IP 10.0.0.1.5000 > 10.0.0.2.80: Flags [S], seq 1', 'packets'],
  ['Dear all,\n', 'nothing'],
])('%j is good for %s', async (text, use) => {
  const client = await opened();
  expect(await client.ask(textUseRequest, { text })).toBe(use);
});

function logged(point: string, to = 'DST=192.0.2.10', ways = 'IN=eth0 OUT='): string {
  const port = to.includes('10.244') ? 8080 : 31080;
  return `[ 1234.500001] TRACE: ${point} ${ways} MAC= SRC=203.0.113.9 ${to} LEN=60 TOS=0x00 PREC=0x00 TTL=61 ID=1 DF PROTO=TCP SPT=50000 DPT=${port} SEQ=1 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0`;
}

const bytesOf = (text: string): string => Buffer.from(text).toString('base64');

test('a kernel’s trace is laid over the rules, with the place of each, and beside our own', async () => {
  const filter = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 203.0.113.9/32 -j DROP\nCOMMIT\n';
  const facts = { given: [textOf('ip-a', `${ADDRESSES}${ROUTES}`)] };
  const client = await opened(facts, RULES + filter);
  const log = [
    logged('nat:KUBE-NODEPORTS:rule:1'),
    logged('filter:FORWARD:policy:2', 'DST=10.244.1.5', 'IN=eth0 OUT=cni0'),
  ];
  const answer = await client.ask(recordingRequest, { uri, bytes: bytesOf(log.join('\n')) });
  const line = (text: string): number =>
    (RULES + filter).split('\n').findIndex((each) => each.startsWith(text));
  expect(answer).toMatchObject({
    kind: 'kernel-trace',
    more: 0,
    packets: [
      {
        title: '203.0.113.9:50000 → 192.0.2.10:31080 TCP SYN, in by eth0',
        form: { from: '203.0.113.9:50000', to: '192.0.2.10:31080', interface: 'eth0' },
        agrees: false,
        outcome: 'o0',
        steps: [
          {
            chain: 'KUBE-NODEPORTS',
            what: 'rule 1',
            way: 'same',
            location: { uri, line: line('-A KUBE-NODEPORTS') },
          },
          { chain: 'FORWARD', what: 'policy', way: 'parts', location: { uri, line: line(':FORWARD') } },
        ],
        instead: { words: 'rule 1 of FORWARD in table filter', location: { line: line('-A FORWARD') } },
      },
    ],
  });
});

test('one packet is the one to trace; several are a capture; anything else is nothing', async () => {
  const client = await opened({ given: [textOf('ip-a', ADDRESSES)] });
  const packet = '12:00:01.000000 eth0  In  IP 203.0.113.9.5000 > 192.0.2.10.31080: Flags [S], seq 1';
  const ask = (text: string) => client.ask(recordingRequest, { uri, bytes: bytesOf(text) });
  expect(await ask(packet)).toMatchObject({ kind: 'packet', form: { to: '192.0.2.10:31080' } });
  expect(await ask(`${packet}\n${packet}`)).toMatchObject({
    kind: 'capture',
    connections: [{ kind: 'unanswered', packets: [{ seen: 'before translation' }, {}] }],
  });
  expect(await ask('Dear all,')).toMatchObject({ kind: 'nothing' });
  await expect(client.ask(recordingRequest, { uri, bytes: 'no base64!' })).rejects.toThrow(/base64/);
});
