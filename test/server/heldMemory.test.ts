/** A file that is released leaves nothing behind. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { excerptsOf } from '../../src/server/heldDocument.ts';
import { holdFile, type ReadFile } from '../../src/server/heldFiles.ts';
import { Facts } from '../../src/server/facts.ts';
import { LiveObjects } from '../../src/server/liveObjects.ts';
import { SiblingFiles } from '../../src/server/siblings.ts';
import { Workspace } from '../../src/server/workspace.ts';

const uri = 'file:///node-1/big.txt';
const bytes = readFileSync('test/dumps/1.36.3/iptables-save.txt');

const read: ReadFile = () => Promise.resolve({ kind: 'read', bytes });

/** Holds the file, works with it, and lets it go. */
async function heldForAWhile(workspace: Workspace): Promise<WeakRef<object>> {
  const reading = { stopped: false, progress: () => undefined };
  expect(await holdFile(workspace, read, { uri, path: '/node-1/big.txt' }, reading)).toMatchObject({
    kind: 'held',
  });
  const document = workspace.held(uri);
  if (document === null) throw new Error('The file is not held.');
  const subject = await workspace.subject(uri);
  void subject?.analysis.catalog.services;
  document.kept.of(excerptsOf).locationOf({ start: 5000, end: 5001 });
  workspace.release(uri);
  return new WeakRef(document);
}

test('its memory is given back', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('There is no gc.');
  const workspace = new Workspace(
    new SiblingFiles(() => Promise.resolve(new Map())),
    new Facts(() => Promise.resolve({ given: [], unread: [], beside: [] })),
    new LiveObjects(() => undefined),
  );
  const document = await heldForAWhile(workspace);
  // A WeakRef holds what it was made of until the turn ends.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(document.deref()).toBeUndefined();
  expect(await workspace.subject(uri)).toBeNull();
});
