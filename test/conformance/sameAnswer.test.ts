/** Of each recorded scenario some packets: text, JSON, Markdown and panel say the same, whatever the kernel did. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatEndpoint } from '../../src/kernel/endpoint.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import { readFlow } from '../../src/kernel/flows.ts';
import { bundleServer } from '../server/client.ts';
import { EveryForm, folderOf } from '../support/everyForm.ts';
import { conformanceFolder, filesIn, linesOf, SKIP_REASON } from './snapshots.ts';

/** So many packets of each scenario, from all over its recording. */
const PACKETS = 5;

/** Every folder below with recorded flows and a node's rules beside them. */
function scenariosBelow(root: string): readonly string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const folders = names.filter((name) => name.endsWith('/flows.jsonl')).map((name) => join(root, name, '..'));
  return folders.filter(
    (folder) => existsSync(join(folder, 'iptables-save.txt')) || existsSync(join(folder, 'nft.txt')),
  );
}

/** A flow as somebody types it; null for one that a form cannot say. */
function formOf({ from, to, protocol, state, packet, after, then }: Flow) {
  if ([packet, after, then].some((each) => each !== undefined)) return null;
  if (!['tcp', 'udp', 'sctp'].includes(protocol) || to.port === null) return null;
  const address =
    from.address === null ? null : formatEndpoint({ address: from.address, port: from.port ?? null });
  return {
    from: address === null ? from.kind : `${from.kind}:${address}`,
    to: formatEndpoint({ address: to.address, port: to.port }),
    protocol,
    state: state ?? '',
    interface: from.interface ?? '',
  };
}

/** Packets of a family that has no rules file are refused in every form. */
function packetsOf(folder: string, files: ReadonlyMap<string, string>) {
  const rules = { 4: files.get('iptables-save.txt'), 6: files.get('ip6tables-save.txt') };
  const forms = linesOf(join(folder, 'flows.jsonl')).flatMap((line) => {
    const reading = readFlow(JSON.parse(line));
    if (reading.kind === 'error' || (rules[reading.flow.family] ?? '').trim() === '') return [];
    return formOf(reading.flow) ?? [];
  });
  const step = Math.max(1, Math.floor(forms.length / PACKETS));
  return forms.filter((_, index) => index % step === 0).slice(0, PACKETS);
}

const root = conformanceFolder;

if (root === null) {
  test.skip(`recorded packets are answered alike in every form (${SKIP_REASON})`, () => {});
} else {
  let server: Awaited<ReturnType<typeof bundleServer>>;
  beforeAll(async () => {
    server = await bundleServer();
  });
  afterAll(() => {
    server.remove();
  });

  describe('recorded packets are answered alike in every form', () => {
    test.each(scenariosBelow(root).map((folder) => [relative(root, folder), folder]))(
      '%s',
      async (_, folder) => {
        const files = new Map<string, string>(filesIn(folder));
        const rules = ['iptables-save.txt', 'ip6tables-save.txt'].some(
          (name) => (files.get(name) ?? '').trim() !== '',
        );
        if (!rules)
          files.set(
            'iptables-save.txt',
            '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
          );
        const forms = await EveryForm.open(folderOf(files), server.path);
        try {
          for (const packet of packetsOf(folder, files)) {
            expect({ packet, differences: await forms.differences(packet) }).toEqual({
              packet,
              differences: [],
            });
          }
        } finally {
          forms.close();
        }
      },
    );
  });
}
