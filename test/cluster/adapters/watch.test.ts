import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WatchListener } from '../../../src/cluster/clusterApi.ts';
import { recordAt, textAt } from '../../../src/cluster/collect/podFacts.ts';
import type { JsonRecord } from '../../../src/text/json.ts';
import { FakeApiServer, type Handler, parameters, sendJson, sendStatus } from '../support/fakeApiServer.ts';
import { reach, type Reach } from '../support/kubeconfigs.ts';

const path = '/api/v1/services';

const service = (name: string, version: number, more: object = {}): JsonRecord => ({
  metadata: { name, namespace: 'default', resourceVersion: String(version), ...more },
});

const listOf = (version: number, ...items: readonly JsonRecord[]): JsonRecord => ({
  kind: 'ServiceList',
  apiVersion: 'v1',
  metadata: { resourceVersion: String(version) },
  items,
});

const event = (type: string, object: JsonRecord): string => `${JSON.stringify({ type, object })}\n`;

/** A server with one list; each watch is given to `watches` in turn, the last one for all that come. */
async function follow(
  list: Handler,
  watches: readonly ((response: ServerResponse, version: string | null) => void)[],
  options: Reach = {},
): Promise<{ fake: FakeApiServer; log: string[]; access: ReturnType<typeof reach>; stop: () => void }> {
  const fake = await FakeApiServer.start();
  onTestFinished(() => fake.stop());
  let next = 0;
  fake.route(path, (request, response, body) => {
    const query = parameters(request);
    if (query.get('watch') !== 'true') list(request, response, body);
    else watches[Math.min(next++, watches.length - 1)]?.(response, query.get('resourceVersion'));
  });
  const log: string[] = [];
  const access = reach({ server: fake.url }, options);
  const watch = access.api.watch('services', logTo(log));
  const stop = () => watch.stop();
  onTestFinished(stop);
  return { fake, log, access, stop };
}

const label = (object: JsonRecord) => {
  const metadata = recordAt(object, 'metadata');
  return `${textAt(metadata, 'name')}@${textAt(metadata, 'resourceVersion')}`;
};

function logTo(log: string[]): WatchListener {
  return {
    listing: () => void log.push('listing'),
    page: (objects) => void log.push(`page ${objects.map(label).join(' ')}`),
    listed: () => void log.push('listed'),
    changed: (object) => void log.push(`changed ${label(object)}`),
    deleted: (object) => void log.push(`deleted ${label(object)}`),
    failed: (failure) => void log.push(failure === null ? 'works' : `failed ${failure.message}`),
  };
}

const open =
  (...lines: readonly string[]) =>
  (response: ServerResponse) => {
    response.writeHead(200);
    response.flushHeaders();
    for (const line of lines) response.write(line);
  };

setFlagsFromString('--expose-gc');
const gc: unknown = runInNewContext('gc');
const collectGarbage = (): void => {
  if (typeof gc === 'function') gc();
};

/** The beginning of an event, and more of it for as long as somebody reads. */
const withoutEnd = (response: ServerResponse) => {
  open('{"type":"MODIFIED","object":{"')(response);
  const more = Buffer.alloc(1 << 20, 'x');
  const write = () => {
    if (!response.destroyed) response.write(more, () => setImmediate(write));
  };
  write();
};

const simple: Handler = (_, response) => sendJson(response, listOf(10, service('a', 3), service('b', 4)));

/** Three pages of one object each. */
const inPages: Handler = (request, response) => {
  const query = parameters(request);
  expect(query.get('limit')).toBe('500');
  const page = Number(query.get('continue') ?? '0');
  const answer = listOf(10, service(`p${page}`, page));
  const metadata =
    page === 2 ? { resourceVersion: '10' } : { resourceVersion: '10', continue: String(page + 1) };
  sendJson(response, { ...answer, metadata });
};

describe('a watch', () => {
  it('lists, then goes on after the list, then after the last event', async () => {
    const seen: (string | null)[] = [];
    const { log } = await follow(simple, [
      (response, version) => {
        seen.push(version);
        open(event('MODIFIED', service('a', 11)), event('DELETED', service('b', 12)))(response);
        response.end(event('BOOKMARK', service('', 99)));
      },
      (response, version) => {
        seen.push(version);
        open(event('ADDED', service('c', 100)))(response);
      },
    ]);
    await expect.poll(() => log.at(-1)).toBe('changed c@100');
    expect(log).toEqual([
      'listing',
      'page a@3 b@4',
      'listed',
      'changed a@11',
      'deleted b@12',
      'changed c@100',
    ]);
    expect(seen).toEqual(['10', '99']);
  });

  it('lists in pages, and knows what the objects are', async () => {
    const { log, access } = await follow(inPages, [open()]);
    await expect.poll(() => log.at(-1)).toBe('listed');
    expect(log).toEqual(['listing', 'page p0@0', 'page p1@1', 'page p2@2', 'listed']);
    const pages: JsonRecord[] = [];
    const query = { resource: 'services', namespace: null } as const;
    for await (const page of access.api.list(query, new AbortController().signal)) pages.push(...page);
    expect(pages[0]).toMatchObject({ kind: 'Service', apiVersion: 'v1' });
  });

  it('begins its list again when the continuation expired', async () => {
    let lists = 0;
    const list: Handler = (request, response) => {
      if (parameters(request).get('continue') === null) {
        const continued = ++lists < 3 ? { continue: 'next' } : {};
        const answer = listOf(10, service(`try${lists}`, lists));
        sendJson(response, { ...answer, metadata: { resourceVersion: '10', ...continued } });
      } else sendStatus(response, 410, 'The provided continue parameter is too old');
    };
    const { log } = await follow(list, [open()]);
    await expect.poll(() => log.at(-1)).toBe('listed');
    expect(log).toEqual([
      'listing',
      'page try1@1',
      'listing',
      'page try2@2',
      'listing',
      'page try3@3',
      'listed',
    ]);
  });

  /** A history that the server no longer has is nothing that a user could do anything about. */
  it.each([
    ['an ERROR event with 410', open(event('ERROR', { code: 410, message: 'too old resource version' }))],
    ['the status 410', (response: ServerResponse) => sendStatus(response, 410, 'Gone')],
    ['a line that is no JSON', open('{"type":"MODIFIED","object":{"meta\n')],
    ['a line that is no event', open('[]\n')],
    ["a proxy's page", open('<html>\n')],
  ])('lists again after %s, and tells no failure', async (_, broken) => {
    const { log } = await follow(simple, [broken, open(event('ADDED', service('c', 11)))]);
    await expect.poll(() => log.at(-1)).toBe('changed c@11');
    const list = ['listing', 'page a@3 b@4', 'listed'];
    expect(log).toEqual([...list, ...list, 'changed c@11']);
  });

  it('lists again after another ERROR event, and tells it', async () => {
    const broken = open(event('ERROR', { code: 500, message: 'etcdserver: no leader' }));
    const { log } = await follow(simple, [broken, open()]);
    await expect.poll(() => log.at(-1)).toBe('works');
    const list = ['listing', 'page a@3 b@4', 'listed'];
    expect(log).toEqual([
      ...list,
      expect.stringMatching(/^failed .*etcdserver: no leader\.$/),
      ...list,
      'works',
    ]);
  });

  it('tells a list that is answered with 410', async () => {
    const { log } = await follow((_, response) => sendStatus(response, 410, 'Gone'), [open()]);
    await expect.poll(() => log.length).toBeGreaterThan(3);
    expect(log[1]).toMatch(/^failed .* answered 410 to list services: Gone\.$/);
  });

  it.each([
    [
      'is cut in the middle of a line',
      (response: ServerResponse) => {
        open(event('MODIFIED', service('a', 11)), '{"type":"MODI')(response);
        setImmediate(() => response.destroy());
      },
    ],
    [
      'ends in the middle of a line',
      (response: ServerResponse) => {
        response.end(`${event('MODIFIED', service('a', 11))}{"type":"MODI`);
      },
    ],
    ['is silent for too long', open(event('MODIFIED', service('a', 11)))],
  ])('that %s goes on where it was, without a failure', async (_, first) => {
    const seen: (string | null)[] = [];
    const { log } = await follow(
      simple,
      [
        first,
        (response, version) => {
          seen.push(version);
          open(event('MODIFIED', service('a', 12)))(response);
        },
      ],
      { limits: { watchSilence: 150 } },
    );
    await expect.poll(() => log.includes('changed a@12')).toBe(true);
    expect(log.slice(0, 5)).toEqual(['listing', 'page a@3 b@4', 'listed', 'changed a@11', 'changed a@12']);
    expect(seen[0]).toBe('11');
  });

  it('does not hold a line that has no end: it lists again', async () => {
    const { fake, log } = await follow(simple, [withoutEnd, open()]);
    await expect.poll(() => log.filter((line) => line === 'listed').length, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => fake.sockets.size).toBeLessThan(3);
  });

  it('reads a line of 1 MB that comes in pieces', async () => {
    const line = event('MODIFIED', service('a', 11, { annotations: { large: 'ü'.repeat(500_000) } }));
    const bytes = Buffer.from(line);
    const { log } = await follow(simple, [
      (response) => {
        open()(response);
        for (let from = 0; from < bytes.length; from += 4099)
          response.write(bytes.subarray(from, from + 4099));
      },
    ]);
    await expect.poll(() => log.at(-1)).toBe('changed a@11');
  });

  it('says what is wrong, and when it works again', async () => {
    let forbidden = true;
    const list: Handler = (request, response, body) => {
      if (forbidden) sendStatus(response, 403, 'no');
      else simple(request, response, body);
    };
    const { log } = await follow(list, [open()]);
    await expect.poll(() => log.length).toBeGreaterThan(2);
    forbidden = false;
    await expect.poll(() => log.at(-1)).toBe('works');
    expect(log[1]).toBe('failed The user may not list services in all namespaces: no.');
    expect(log.slice(-4)).toEqual(['listing', 'page a@3 b@4', 'listed', 'works']);
  });

  it('that may not be done keeps what the list told, and is not listed over and over', async () => {
    const { fake, log } = await follow(simple, [
      (response) => sendStatus(response, 403, 'no'),
      (response) => sendStatus(response, 403, 'no'),
      open(event('MODIFIED', service('a', 11))),
    ]);
    await expect.poll(() => log.at(-1)).toBe('changed a@11');
    expect(log.filter((line) => line === 'listing').length).toBe(1);
    expect(log.at(3)).toBe('failed The user may not watch services in all namespaces: no.');
    expect(log.at(-2)).toBe('works');
    expect(fake.seen.length).toBe(4);
  });

  it('survives a server that stops and starts', async () => {
    const { fake, log } = await follow(simple, [open(), open(event('MODIFIED', service('a', 11)))]);
    await expect.poll(() => log.at(-1)).toBe('listed');
    await expect.poll(() => fake.seen.length).toBe(2);
    const { port } = fake;
    await fake.stop();
    await expect.poll(() => log.at(-1)).toContain('failed');
    await fake.listen(port);
    await expect.poll(() => log.at(-1)).toBe('changed a@11');
    expect(log.at(-2)).toBe('works');
  });

  it('that the server ends at once is not asked in a tight loop', async () => {
    const { fake, log } = await follow(simple, [(response) => void response.writeHead(200).end()]);
    await expect.poll(() => fake.seen.length).toBeGreaterThan(4);
    expect(log).toEqual(['listing', 'page a@3 b@4', 'listed']);
  });

  it('holds none of the objects that it told', async () => {
    const fake = await FakeApiServer.start();
    onTestFinished(() => fake.stop());
    fake.route(path, (request, response, body) => {
      if (parameters(request).get('watch') !== 'true') simple(request, response, body);
      else open(event('MODIFIED', service('a', 11)), event('ADDED', service('c', 12)))(response);
    });
    const told: WeakRef<JsonRecord>[] = [];
    const hold = (object: JsonRecord) => void told.push(new WeakRef(object));
    const watch = reach({ server: fake.url }).api.watch('services', {
      ...logTo([]),
      page: (objects) => objects.forEach(hold),
      changed: hold,
    });
    onTestFinished(() => watch.stop());
    await expect.poll(() => told.length).toBe(4);
    // What was dereferenced lives until the end of the turn that did it.
    await expect
      .poll(() => (collectGarbage(), told.filter((each) => each.deref() !== undefined)))
      .toEqual([]);
  });

  it('ends its connection when it is stopped', async () => {
    const { fake, log, stop, access } = await follow(simple, [open()]);
    await expect.poll(() => log.at(-1)).toBe('listed');
    await expect.poll(() => fake.seen.length).toBe(2);
    stop();
    access.close();
    await expect.poll(() => fake.sockets.size).toBe(0);
    expect(fake.seen.length).toBe(2);
  });
});

async function listAll(list: Handler): Promise<{ names: string[]; fake: FakeApiServer }> {
  const fake = await FakeApiServer.start();
  onTestFinished(() => fake.stop());
  fake.route(path, list);
  const names: string[] = [];
  const { api } = reach({ server: fake.url });
  for await (const page of api.list(
    { resource: 'services', namespace: null },
    new AbortController().signal,
  )) {
    for (const object of page) names.push(textAt(recordAt(object, 'metadata'), 'name') ?? '');
  }
  return { names, fake };
}

describe('a list', () => {
  it('that begins again gives nothing twice', async () => {
    let expired = false;
    const { names } = await listAll((request, response) => {
      const next = parameters(request).get('continue');
      const answer = (items: readonly JsonRecord[], more: object) =>
        sendJson(response, { ...listOf(1, ...items), metadata: { resourceVersion: '1', ...more } });
      if (next === null) answer([service('a', 1)], { continue: 'x' });
      else if (expired) answer([service('a', 1), service('b', 1)], {});
      else {
        expired = true;
        sendStatus(response, 410, 'expired');
      }
    });
    expect(names).toEqual(['a', 'b']);
  });

  it('that always expires ends', async () => {
    const endless = listAll((request, response) => {
      if (parameters(request).get('continue') === null) {
        sendJson(response, { ...listOf(1), metadata: { continue: 'x' } });
      } else sendStatus(response, 410, 'expired');
    });
    await expect(endless).rejects.toMatchObject({
      kind: 'other',
      message: expect.stringMatching(/always expired/),
    });
  });

  it('of very large objects comes in smaller pages', async () => {
    const large = 'x'.repeat(1 << 20);
    const { names, fake } = await listAll((request, response) => {
      const query = parameters(request);
      const from = Number(query.get('continue') ?? '0');
      const to = Math.min(from + Number(query.get('limit')), 60);
      const items = Array.from({ length: to - from }, (_, index) =>
        service(`s${from + index}`, 1, { large }),
      );
      const more = to < 60 ? { continue: String(to) } : {};
      sendJson(response, { ...listOf(1, ...items), metadata: { resourceVersion: '1', ...more } });
    });
    expect(names.length).toBe(60);
    expect(new Set(names).size).toBe(60);
    expect(
      fake
        .paths()
        .slice(0, 3)
        .map((each) => /limit=\d+/.exec(each)?.[0]),
    ).toEqual(['limit=500', 'limit=50', 'limit=5']);
  });

  it('asks with its selectors, percent-encoded', async () => {
    const fake = await FakeApiServer.start();
    onTestFinished(() => fake.stop());
    fake.handler = (_, response) => sendJson(response, listOf(1));
    const { api } = reach({ server: fake.url });
    const query = {
      resource: 'pods',
      namespace: 'a/../b',
      labelSelector: 'a=b&c',
      fieldSelector: 'spec.nodeName=n',
    } as const;
    for await (const page of api.list(query, new AbortController().signal)) expect(page).toEqual([]);
    expect(fake.paths()).toEqual([
      '/api/v1/namespaces/a%2F..%2Fb/pods?labelSelector=a%3Db%26c&fieldSelector=spec.nodeName%3Dn&limit=500',
    ]);
  });
});
