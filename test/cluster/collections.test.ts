import { describe, expect, it } from 'vitest';
import { Collections, type CollectionWork } from '../../src/cluster/collections.ts';
import type { CollectedNode } from '../../src/cluster/liveNode.ts';

const collectedFrom = (node: string): CollectedNode => ({
  context: 'c',
  node,
  takenAt: 0,
  source: { kind: 'command', program: 'x' },
  missing: [],
  warnings: [],
  configured: null,
  cilium: null,
  files: new Map(),
});

/** Work that ends when it is told to. */
class Bench {
  readonly started: string[] = [];
  readonly ends = new Map<string, () => void>();
  readonly signals = new Map<string, AbortSignal>();
  readonly progress: string[] = [];
  readonly collections = new Collections((node, words) => this.progress.push(`${node}: ${words}`));

  collect(node: string, signal = new AbortController().signal): Promise<CollectedNode> {
    const result = this.collections.collect(node, { signal }, (work) => this.#work(node, work));
    result.catch(() => undefined);
    return result;
  }

  async #work(node: string, { signal, onProgress }: CollectionWork): Promise<CollectedNode> {
    this.started.push(node);
    this.signals.set(node, signal);
    onProgress('working');
    await new Promise<void>((resolve, reject) => {
      this.ends.set(node, resolve);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
    return collectedFrom(node);
  }
}

describe('collections', () => {
  it('of one node at the same time are one', async () => {
    const bench = new Bench();
    const both = [bench.collect('a'), bench.collect('a')];
    await expect.poll(() => bench.started).toEqual(['a']);
    bench.ends.get('a')?.();
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(bench.started).toEqual(['a']);
    expect(bench.progress).toEqual(['a: working', 'a: null']);
  });

  it('of many nodes run four at a time, in their order', async () => {
    const bench = new Bench();
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((node) => bench.collect(node));
    await expect.poll(() => bench.started).toEqual(['a', 'b', 'c', 'd']);
    expect(bench.progress).toContain('e: waiting for other nodes');
    bench.ends.get('b')?.();
    await expect.poll(() => bench.started).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const node of ['a', 'c', 'd', 'e']) bench.ends.get(node)?.();
    await expect.poll(() => bench.started.length).toBe(6);
    bench.ends.get('f')?.();
    expect((await Promise.all(all)).map(({ node }) => node)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('end for one who cancels, and go on for another', async () => {
    const bench = new Bench();
    const abort = new AbortController();
    const [leaves, stays] = [bench.collect('a', abort.signal), bench.collect('a')];
    await expect.poll(() => bench.started).toEqual(['a']);
    abort.abort();
    await expect(leaves).rejects.toMatchObject({ kind: 'cancelled' });
    expect(bench.signals.get('a')?.aborted).toBe(false);
    bench.ends.get('a')?.();
    expect((await stays).node).toBe('a');
  });

  it('end when all have cancelled; the next call begins anew', async () => {
    const bench = new Bench();
    const abort = new AbortController();
    const leaves = bench.collect('a', abort.signal);
    await expect.poll(() => bench.started).toEqual(['a']);
    const first = bench.signals.get('a');
    abort.abort();
    const again = bench.collect('a');
    await expect(leaves).rejects.toMatchObject({ kind: 'cancelled' });
    expect(first?.aborted).toBe(true);
    await expect.poll(() => bench.started).toEqual(['a', 'a']);
    bench.ends.get('a')?.();
    expect((await again).node).toBe('a');
  });

  it('that wait can be cancelled, and leave their place', async () => {
    const bench = new Bench();
    const abort = new AbortController();
    for (const node of ['a', 'b', 'c', 'd']) void bench.collect(node);
    const waits = bench.collect('e', abort.signal);
    const next = bench.collect('f');
    await expect.poll(() => bench.progress).toContain('f: waiting for other nodes');
    abort.abort();
    await expect(waits).rejects.toMatchObject({ kind: 'cancelled' });
    bench.ends.get('a')?.();
    await expect.poll(() => bench.started).toEqual(['a', 'b', 'c', 'd', 'f']);
    bench.ends.get('f')?.();
    expect((await next).node).toBe('f');
  });

  it('all end when it is closed', async () => {
    const bench = new Bench();
    const all = ['a', 'b', 'c', 'd', 'e'].map((node) => bench.collect(node));
    await expect.poll(() => bench.started.length).toBe(4);
    await bench.collections.close();
    const results = await Promise.allSettled(all);
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  });

  it('are not begun for one who has cancelled', async () => {
    const bench = new Bench();
    await expect(bench.collect('a', AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    expect(bench.started).toEqual([]);
  });
});
