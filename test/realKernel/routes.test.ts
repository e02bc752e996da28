/** Routing against `ip route get` of the real kernel, on random nodes. */
import { afterAll, expect, test } from 'vitest';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { Namespace } from './support/namespace.ts';
import { Random } from './support/random.ts';
import { RandomNetwork } from './support/randomNetwork.ts';
import { describeWithKernel } from './support/requirements.ts';
import { agree, askKernel, commandOf, ourAnswer, randomQuery } from './support/routeQueries.ts';

const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 8) }, (_, index) => index + 1);
const QUERIES = 400;

describeWithKernel('routing as the kernel routes', ['sysctl'], () => {
  const spaces: Namespace[] = [];
  afterAll(() => {
    for (const space of spaces) space.close();
  });

  test.each(SEEDS)('a random node (seed %i)', (seed) => {
    const random = new Random(seed);
    const node = new Namespace('node');
    const peer = new Namespace('peer');
    spaces.push(node, peer);
    const network = new RandomNetwork(random);
    network.build(node, peer);
    const known = readNode(node.snapshot());
    expect(known.problems).toEqual([]);
    const queries = Array.from({ length: QUERIES }, () => randomQuery(random, network));
    const answers = askKernel(node, queries);
    const differences = queries.flatMap((query, index) => {
      const ours = ourAnswer(known, query);
      const theirs = answers[index] ?? 'no answer';
      return agree(ours, theirs) ? [] : [`${commandOf(query)}\n  kernel: ${theirs}\n  ours:   ${ours.text}`];
    });
    expect(differences.slice(0, 10).join('\n')).toBe('');
  });
});
