/** Every question of a sample is answered by its packet, as the sample and its README say, and its rules hold no other trouble. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stories, type Story, type StoryId } from '../../src/extension/lessons/stories.ts';
import { ran } from '../support/inProcess.ts';

/** What is found of a sample's rules as more than a note: what its question is about. */
const found: Readonly<Record<StoryId, readonly string[]>> = {
  refused: ['no-endpoints', 'selector-matches-nothing'],
  hangs: ['no-local-endpoints'],
  clientAddress: ['no-local-endpoints'],
  localhost: [],
  stale: ['endpoint-missing', 'endpoint-stale'],
  changed: [],
  nftables: ['no-endpoints', 'selector-matches-nothing'],
  ipvs: ['no-endpoints', 'selector-matches-nothing'],
};

function traced(folder: string, { from, to }: Story, format: 'text' | 'json'): ReturnType<typeof ran> {
  return ran(
    'trace',
    `media/samples/${folder}`,
    '--from',
    from,
    '--to',
    to,
    '--format',
    format,
    '--one-node',
  );
}

async function verdicts(folder: string, story: Story): Promise<readonly string[]> {
  const { out, err } = await traced(folder, story, 'json');
  expect(err).toBe('');
  return [...new Set([...out.matchAll(/"verdict":"(\w+)"/gu)].map(([, verdict = '']) => verdict))];
}

describe.each(stories)('$id: $from to $to', (story) => {
  const { id, folder, file } = story;
  const readme = readFileSync(`media/samples/${folder.split('/')[0] ?? ''}/README.md`, 'utf8');

  it('ends as the pick and the README say', async () => {
    expect(await verdicts(folder, story)).toEqual([story.verdict]);
    const { out } = await traced(folder, story, 'text');
    const [said = ''] = /(?<=^[✓✗?!] )[^\n]{20,}?(?=[.:;](?:\s|$))/u.exec(out) ?? [];
    expect(said).not.toBe('');
    expect(readme).toContain(`"${said}`);
  });

  it('has rules in the file that opens, and a README of five lines', () => {
    expect(readFileSync(`media/samples/${folder}/${file}`, 'utf8').length).toBeGreaterThan(400);
    const names = [...readme.matchAll(/^- \*\*([\w ]+)\*\*: /gmu)].map(([, name]) => name);
    expect(names).toEqual(['What', 'Made', 'Question', 'Look at', 'Try']);
  });

  it('holds no trouble but that of its question', async () => {
    const { out } = await ran('check', `media/samples/${folder}`, '--format', 'json');
    const problems = [...out.matchAll(/"code":"([\w-]+)","severity":"(\w+)"/gu)];
    const graver = problems.filter(([, , severity]) => severity !== 'information');
    expect(new Set(graver.map(([, code]) => code))).toEqual(new Set(found[id]));
    expect(graver.filter(([, , severity]) => severity === 'error')).toEqual([]);
  });
});

describe.each(stories.filter(({ before }) => before !== undefined))('$id: $before', (story) => {
  const { folder, before = '' } = story;

  it('is a state in which the packet ended otherwise', async () => {
    expect(await verdicts(before, story)).not.toEqual([story.verdict]);
    const { out } = await ran('diff', `media/samples/${before}`, `media/samples/${folder}`);
    expect(out).toMatch(/^3 Services differ\.$/mu);
  });
});
