/** The picture of a packet's way: what it says is what the answer says, however many ways there are, whatever names hold. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { traceJourney } from '../../../src/kubeproxy/journey/journey.ts';
import { drawAcross } from '../../../src/kubeproxy/picture/across.ts';
import type { Drawing } from '../../../src/kubeproxy/picture/drawing.ts';
import type { Picture } from '../../../src/kubeproxy/picture/picture.ts';
import { pictureOf } from '../../../src/kubeproxy/picture/pictureOf.ts';
import { toMermaid } from '../../../src/kubeproxy/picture/toMermaid.ts';
import { toSvg } from '../../../src/kubeproxy/picture/toSvg.ts';
import { drawUpright } from '../../../src/kubeproxy/picture/upright.ts';

const folder = 'media/samples/kube-proxy-1.36';
const files = new Map(
  snapshotFileNames
    .filter((name) => existsSync(`${folder}/${name}`))
    .map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]),
);
const whole = analysisOfFiles(files);
/** With a rule that asks for a set which no file has. */
const undecided = analysisOfFiles(
  new Map(files).set(
    'iptables-save.txt',
    (files.get('iptables-save.txt') ?? '').replace(
      /(\*filter\n(?::.*\n)*)/u,
      '$1-A FORWARD -m set --match-set blocked src -j DROP\n',
    ),
  ),
);

function pictured(from: string, to: string, analysis: Analysis = whole): Picture {
  const form = { from, to, protocol: '', state: '', mark: '', interface: '', ttl: '', tcpFlags: '' };
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const leg = traceJourney({ flow: reading.flow, analysis, decisions: [], rulesOf: () => null });
  if (leg === null) throw new Error('no rules');
  return pictureOf(leg, reading.fromNote);
}

function textsIn({ parts }: Drawing): readonly string[] {
  return parts.flatMap((part) => (part.kind === 'text' ? [part.full] : []));
}

describe('what is in it', () => {
  it('three endpoints are three arrows, with shares, translations and the way back', () => {
    const picture = pictured('external:203.0.113.9', '192.168.0.2:30080');
    expect(picture).toMatchObject({
      node: 'node-1',
      interface: 'eth0',
      packet: '203.0.113.9 → 192.168.0.2:30080',
      from: { title: 'outside the cluster', subtitle: '203.0.113.9' },
      back: [{ words: '192.168.0.2:30080 answers 203.0.113.9', isLost: false }],
    });
    const [branch] = picture.branches;
    expect(picture.branches).toHaveLength(1);
    expect(branch?.stops.map(({ hook, table, word }) => `${hook} ${table ?? ''} ${word}`)).toEqual([
      'PREROUTING mangle ',
      'PREROUTING nat DNAT',
      'routing  forward',
      'FORWARD mangle ',
      'FORWARD filter accept',
      'POSTROUTING mangle ',
      'POSTROUTING nat masquerade',
    ]);
    expect(branch?.ways.map(({ title, interface: out, share }) => [title, out, share.toFixed(3)])).toEqual([
      ['10.244.1.45:8080', 'cni0', '0.333'],
      ['10.244.2.41:8080', 'eth0', '0.333'],
      ['10.244.3.35:8080', 'eth0', '0.333'],
    ]);
    expect(branch?.ways[1]?.changes).toContainEqual({
      field: 'source',
      was: '203.0.113.9:40000',
      is: '192.168.0.2:*',
    });
  });

  it('answers that end differently are told as what may be, none of them as sure', () => {
    expect(pictured('pod:10.244.9.9', 'edge/np-cluster:http').back).toEqual([
      { words: '10.108.134.196:80 may answer 10.244.9.9', isLost: false },
      {
        words: 'the answer may go past this node, and is not known to the sender then',
        isLost: true,
      },
    ]);
    expect(pictured('pod:10.244.1.7', 'edge/np-cluster:http', undecided).back).toEqual([
      { words: 'the answer may be stopped on this node', isLost: true },
      { words: '10.108.134.196:80 may answer 10.244.1.7', isLost: false },
    ]);
  });

  it('what is told of the way back is not cut in a narrow place', () => {
    const { parts } = drawUpright(pictured('pod:10.244.9.9', 'edge/np-cluster:http'));
    const told = parts.flatMap((part) => (part.kind === 'text' ? [part] : []));
    expect(told.slice(-2).map(({ text }) => text)).toEqual([
      '✗ the answer may go past this node, and is not known',
      'to the sender then',
    ]);
    expect(told.every(({ text, full }) => text === full)).toBe(true);
  });

  it('the line between two branches keeps off the words over it', () => {
    const { parts } = drawAcross(pictured('pod:10.244.1.45', 'edge/np-cluster:http'));
    const between = parts.flatMap((part) =>
      part.kind === 'line' && part.look === 'dim' ? [part.points] : [],
    );
    const line = Number(/,([\d.]+)/u.exec(between[0] ?? '')?.[1]);
    const over = parts.flatMap((part) => (part.kind === 'text' && part.y < line ? [part.y] : []));
    // Letters such as p reach 4 px under their line.
    expect(line - Math.max(...over)).toBeGreaterThan(6);
  });

  it('the rule that stops a packet is not cut where there is room', () => {
    const { parts } = drawAcross(pictured('external:203.0.113.9', '203.0.113.16:80'));
    const told = parts.flatMap((part) => (part.kind === 'text' ? [part] : []));
    expect(told.map(({ text }) => text)).toContain('dropped by rule 3 of KUBE-PROXY-FIREWALL');
  });

  it('fifty endpoints are a few arrows with counts, and no outcome is left out', () => {
    const ways = pictured('pod:10.244.1.7', 'shop/fifty:http').branches.flatMap((branch) => branch.ways);
    expect(ways.length).toBeLessThan(6);
    expect(new Set(ways.flatMap(({ outcomes }) => outcomes)).size).toBe(50);
    expect(ways.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(ways.map(({ title }) => title)).toContainEqual(expect.stringMatching(/^\d+ endpoints$/u));
  });

  it('where nobody passes there is a stop sign with its rule, and no way back', () => {
    const picture = pictured('pod:10.244.1.7', 'edge/np-noep:http');
    expect(picture.branches[0]?.ways).toMatchObject([
      { isStopped: true, title: 'rejected by rule 6 of KUBE-SERVICES', packet: '', interface: null },
    ]);
    expect(picture.back).toEqual([]);
    expect(drawAcross(picture).parts).toContainEqual(expect.objectContaining({ kind: 'stop' }));
  });

  it('where nobody answers, no way back is drawn', () => {
    const picture = pictured('pod:10.244.1.7', '10.96.0.10:8080');
    expect(picture.verdict).toBe('unanswered');
    expect(picture.back).toEqual([]);
  });
});

describe('how it is drawn', () => {
  it('a stop belongs to its branch, and every outcome to one end', () => {
    const picture = pictured('pod:10.244.1.7', 'edge/np-cluster:http', undecided);
    expect(picture.branches.length).toBeGreaterThan(1);
    for (const { targets } of [drawAcross(picture), drawUpright(picture)]) {
      picture.branches.forEach(({ stops, ways }, branch) => {
        const own = targets.filter((target) => target.branch === branch);
        expect(own.flatMap(({ step }) => (step === null ? [] : [step]))).toEqual(
          stops.map(({ stepId }) => stepId),
        );
        const ends = own.filter(({ step }) => step === null);
        expect(ends.flatMap(({ outcomes }) => outcomes)).toEqual(ways.flatMap(({ outcomes }) => outcomes));
      });
    }
  });

  it.each([
    ['pod:10.244.1.7', 'default/kubernetes:https', whole],
    ['external:203.0.113.9', '192.168.0.2:30080', whole],
    ['pod:10.244.1.7', 'shop/fifty:http', whole],
    ['pod:10.244.1.7', 'edge/np-noep:http', whole],
    ['pod:10.244.1.7', 'edge/np-cluster:http', undecided],
  ])('%s → %s: both layouts say the same, and nothing stands outside', (from, to, rules) => {
    const picture = pictured(from, to, rules);
    const [across, upright] = [drawAcross(picture), drawUpright(picture)];
    const joined = textsIn(upright).join(' ');
    for (const text of textsIn(across)) {
      for (const words of text.split(/ ?→ ?/u)) expect(joined).toContain(words);
    }
    expect(across.targets.map(({ words }) => words)).toEqual(upright.targets.map(({ words }) => words));
    for (const { width, height, parts, targets } of [across, upright]) {
      const places = [...targets, ...parts.filter((part) => 'x' in part)];
      for (const { x, y } of places) expect([x >= 0, y >= 0, x <= width, y <= height]).not.toContain(false);
      const keys = targets.map(({ row, column }) => `${row} ${column}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('what a name holds stays text, in SVG and in Mermaid', () => {
    const name = '"]; click n0 "javascript:x" </text><script>alert(1)</script> `#35;`\n%%{init: {}}%%';
    const picture = pictured('pod:10.244.1.7', 'default/kubernetes:https');
    const hostile: Picture = {
      ...picture,
      headline: name,
      node: name,
      from: { title: name, subtitle: name },
    };
    const svg = toSvg(drawAcross(hostile), hostile.headline);
    expect(svg).not.toContain('<script');
    const mermaid = toMermaid(hostile);
    expect(mermaid).toContain(
      'flowchart LR\n  client["#34;#93;#59; click n0 #34;javascript:x#34; #60;/text#62;',
    );
    // Quotes of ours alone: two around each label.
    for (const line of mermaid.split('\n')) expect((line.match(/"/gu) ?? []).length % 2).toBe(0);
    expect(mermaid).not.toMatch(/<script|%%\{|`/u);
    expect(mermaid.split('\n').length).toBe(toMermaid(picture).split('\n').length);
  });
});
