import { describe, expect, it, onTestFinished } from 'vitest';
import { ObjectFeed, type Stored } from '../../src/cluster/objectFeed.ts';
import type { ObjectChanges } from '../../src/kubernetes/objectChanges.ts';
import type { JsonRecord } from '../../src/text/json.ts';

const service = (name: string, more: object = {}): JsonRecord => ({
  metadata: { namespace: 'default', name },
  spec: { type: 'ClusterIP', ...more },
});

const unheard = { listed: () => undefined, failed: () => undefined };

function feedWith(stored: Stored[] = []) {
  const feed = new ObjectFeed((each) => stored.push(each));
  onTestFinished(() => feed.close());
  const services = feed.listener('services', null, unheard);
  const list = (...objects: readonly JsonRecord[]) => {
    services.listing();
    services.page(objects);
    services.listed();
  };
  return { feed, services, list };
}

/** Applies messages as the language server does. */
class Mirror {
  readonly messages: ObjectChanges[] = [];
  readonly objects = new Map<string, JsonRecord>();
  readonly complete = new Set<string>();

  readonly take = (message: ObjectChanges): void => {
    this.messages.push(message);
    for (const resource of message.replaced) {
      for (const key of this.objects.keys()) if (key.startsWith(`${resource} `)) this.objects.delete(key);
    }
    for (const { resource, key, object } of message.changes) {
      if (object === null) this.objects.delete(`${resource} ${key}`);
      else this.objects.set(`${resource} ${key}`, object);
    }
    for (const resource of message.complete) this.complete.add(resource);
  };
}

const pod = (namespace: string, name: string) => ({ metadata: { namespace, name } });

describe('the feed of objects', () => {
  it('gives pages, and says when all is there', async () => {
    const { feed, list } = feedWith();
    const mirror = new Mirror();
    feed.follow(mirror.take);
    list(...Array.from({ length: 1234 }, (_, index) => service(`s${index}`)));
    await expect.poll(() => mirror.complete.has('services')).toBe(true);
    expect(mirror.objects.size).toBe(1234);
    expect(mirror.messages.map(({ changes }) => changes.length)).toEqual([500, 500, 234]);
    expect(mirror.messages.map(({ replaced, complete }) => [replaced, complete])).toEqual([
      [['services'], []],
      [[], []],
      [[], ['services']],
    ]);
  });

  it('gives one who comes later all that is known', async () => {
    const { feed, list } = feedWith();
    list(service('a'), service('b'));
    const mirror = new Mirror();
    feed.follow(mirror.take);
    await expect.poll(() => mirror.complete.has('services')).toBe(true);
    expect(mirror.messages).toEqual([
      {
        replaced: ['services'],
        changes: [
          expect.objectContaining({ key: 'default/a' }),
          expect.objectContaining({ key: 'default/b' }),
        ],
        complete: ['services'],
      },
    ]);
  });

  it('says that there is nothing', async () => {
    const { feed, list } = feedWith();
    const mirror = new Mirror();
    feed.follow(mirror.take);
    list();
    await expect.poll(() => mirror.messages.length).toBe(1);
    expect(mirror.messages).toEqual([{ replaced: ['services'], changes: [], complete: ['services'] }]);
  });

  it('bunches what changes, and tells only the last of it', async () => {
    const { feed, list, services } = feedWith();
    list(service('a'));
    const mirror = new Mirror();
    feed.follow(mirror.take);
    await expect.poll(() => mirror.messages.length).toBe(1);
    services.changed(service('a', { type: 'NodePort' }));
    services.changed(service('a', { type: 'LoadBalancer' }));
    services.changed(service('b'));
    services.deleted(service('b'));
    await expect.poll(() => mirror.messages.length).toBe(2);
    expect(mirror.messages[1]?.changes.map(({ key, object }) => [key, object])).toEqual([
      ['default/a', expect.objectContaining({ spec: { type: 'LoadBalancer' } })],
      ['default/b', null],
    ]);
  });

  it('tells nothing of what is not kept: annotations, heartbeats, managed fields', async () => {
    const stored: Stored[] = [];
    const { list, services } = feedWith(stored);
    list(service('a'));
    services.changed({
      ...service('a'),
      metadata: {
        namespace: 'default',
        name: 'a',
        resourceVersion: '7',
        annotations: { x: 'x'.repeat(1e6) },
      },
    });
    expect(stored.length).toBe(1);
    expect(JSON.stringify(stored[0]?.object).length).toBeLessThan(200);
  });

  it('tells after a new list what went away meanwhile', async () => {
    const { feed, list } = feedWith();
    list(service('a'), service('b'));
    const mirror = new Mirror();
    feed.follow(mirror.take);
    await expect.poll(() => mirror.messages.length).toBe(1);
    list(service('b'), service('c'));
    await expect.poll(() => mirror.messages.length).toBe(2);
    expect(mirror.messages[1]).toMatchObject({ replaced: [], complete: [] });
    expect([...mirror.objects.keys()]).toEqual(['services default/b', 'services default/c']);
  });

  it('forgets a list that began again', () => {
    const { feed, services } = feedWith();
    services.listing();
    services.page([service('gone')]);
    services.listing();
    services.page([service('a')]);
    services.listed();
    expect([...feed.objects('services').keys()]).toEqual(['default/a']);
  });

  it('of one namespace neither ends the list nor removes what is elsewhere', () => {
    const { feed, list } = feedWith();
    list();
    const all = feed.listener('pods', null, unheard);
    const some = feed.listener('pods', 'kube-system', unheard);
    all.page([pod('default', 'a'), pod('kube-system', 'b')]);
    some.listing();
    some.page([pod('kube-system', 'c')]);
    some.listed();
    expect([...feed.objects('pods').keys()]).toEqual(['default/a', 'kube-system/c']);
    expect(feed.isComplete('pods')).toBe(false);
  });

  it('gives the same whatever happens in which order, to followers who come and go', async () => {
    const { feed, list, services } = feedWith();
    const names = ['a', 'b', 'c', 'd'];
    const mirrors: Mirror[] = [];
    for (let step = 0; step < 60; step++) {
      const name = names[(step * 7) % 4] ?? 'a';
      if (step % 10 === 0) {
        const mirror = new Mirror();
        feed.follow(mirror.take);
        mirrors.push(mirror);
      }
      if (step % 13 === 0)
        list(...names.filter((_, index) => (step >> index) % 2 === 0).map((each) => service(each)));
      else if (step % 3 === 0) services.deleted(service(name));
      else services.changed(service(name, { externalIPs: [`10.0.0.${step}`] }));
      if (step % 5 === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    const known = [...feed.objects('services')].map(([key, object]) => [`services ${key}`, object]);
    for (const mirror of mirrors) {
      await expect.poll(() => Object.fromEntries(mirror.objects)).toEqual(Object.fromEntries(known));
    }
  });

  it('tells all that is known at once when somebody waits for it', async () => {
    const { feed, list } = feedWith();
    const mirror = new Mirror();
    const following = feed.follow(mirror.take);
    await following.told();
    expect(mirror.messages).toEqual([]);
    list(...Array.from({ length: 1234 }, (_, index) => service(`s${index}`)));
    await following.told();
    expect([mirror.objects.size, mirror.complete.has('services')]).toEqual([1234, true]);
  });

  it('lets nobody wait for what is told no more', async () => {
    const { feed, list } = feedWith();
    const mirror = new Mirror();
    const following = feed.follow(mirror.take);
    list(...Array.from({ length: 501 }, (_, index) => service(`s${index}`)));
    const told = following.told();
    following.dispose();
    await told;
    list(service('later'));
    await following.told();
    expect(mirror.objects.size).toBe(500);
  });

  it('tells nobody any more who left', async () => {
    const { feed, list } = feedWith();
    const left = new Mirror();
    const stays = new Mirror();
    feed.follow(left.take).dispose();
    feed.follow(stays.take);
    list(service('a'));
    await expect.poll(() => stays.messages.length).toBe(1);
    expect(left.messages).toEqual([]);
  });
});
