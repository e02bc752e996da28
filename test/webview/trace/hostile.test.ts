/** Dumps, comments and object names are input: whatever stands in them is shown as text, and the layout holds. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Narrative } from '../../../src/kubeproxy/narrative/narrative.ts';
import type { TraceAnswer } from '../../../src/protocol/requests.ts';
import { stateOf, TraceHost } from './traceHost.ts';
import { nodeOf } from '../../kubeproxy/journey/twoNodes.ts';
import { liveAnswer, liveHost, liveUri, nodeAnswers } from './liveStates.ts';
import { answerOf, undecided } from './narratives.ts';
import { launch } from '../shared/panelPage.ts';
import { openTrace } from './tracePage.ts';
import { darkModern } from '../shared/themes/darkModern.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const hostile = [
  ['an image with a handler', '<img src=x onerror="globalThis.owned = 1">'],
  ['a script', '</span><script>globalThis.owned = 1</script>'],
  ['a command link', '[x](command:workbench.action.terminal.new) <a href="command:x">y</a>'],
  ['a template', '${globalThis.owned = 1} {{owned}} <!--?lit$0$-->'],
  ['controls and a turned direction', 'safe\u202Egnp.exe\u202C\u0000\u0007\u200B\u2028'],
  ['a long word', 'x'.repeat(20_000)],
] as const;

/** Every string of `value` replaced, but for those that are part of the format. */
function poisoned<Value>(value: Value, text: string): Value {
  const fixed = new Set([
    'id',
    'kind',
    'verdict',
    'field',
    'key',
    'code',
    'stepId',
    'outcome',
    'table',
    'chain',
  ]);
  const json = JSON.stringify(value, (key, each: unknown) =>
    typeof each === 'string' && !fixed.has(key) && each !== '' ? text : each,
  );
  return JSON.parse(json);
}

test.each(hostile)('%s stays text', async (_name, text) => {
  const narrative: Narrative = poisoned(undecided, text);
  const answer: TraceAnswer = { ...answerOf(narrative), fromNote: text, toNote: text };
  const rule = { number: 1, text, failStart: 2, failEnd: 9, reason: text };
  const location = { source: 'iptables', line: 1, startCharacter: 0, endCharacter: 1 } as const;
  const host = new TraceHost(stateOf({ from: text, to: text, mark: text }, true), {
    trace: async () => Promise.resolve(answer),
    considered: async () => Promise.resolve({ items: [{ ...rule, location }], total: 1, kinds: [] }),
  });
  const panel = await openTrace(browser, host, { theme: darkModern, width: 420 });
  await panel.page.getByRole('treeitem').first().waitFor();
  await panel.page.getByRole('treeitem', { expanded: false }).first().click();
  expect(await panel.page.evaluate('globalThis.owned')).toBeUndefined();
  expect(await panel.page.locator('a, img, script:not([nonce])').count()).toBe(0);
  expect(await panel.sideways()).toBe(0);
  expect(panel.problems).toEqual([]);
  await panel.close();
});

test.each(hostile)('%s stays text, also where it names a node', async (_name, text) => {
  const form = { from: 'pod:10.244.1.7', to: '10.96.12.3:80', protocol: 'tcp' };
  const real = liveAnswer(form, { 'node-2': nodeOf(2) });
  const continuations = real.continuations.map((each) => ({
    ...poisoned(each, text),
    outcomes: real.narrative.groups.flatMap(({ outcomes }) => outcomes.map(({ id }) => id)),
  }));
  const wanted = [{ node: text, uri: `kube-proxy:/a/${text}/iptables-save` }];
  const answers = nodeAnswers().map((each) => ({ ...poisoned(each, text), differs: each.differs }));
  const host = liveHost(
    form,
    () => ({}),
    {
      trace: async () => Promise.resolve({ ...real, continuations, wanted }),
      traceOnNodes: async () => Promise.resolve(answers),
      getRules: async () => Promise.resolve({ problem: text }),
    },
    [liveUri],
    text,
  );
  const panel = await openTrace(browser, host, { theme: darkModern, width: 420 });
  await panel.page.getByText('differs: verdict').waitFor();
  await panel.page.locator('node-continuation button.secondary').last().click();
  await panel.page.getByRole('alert').waitFor();
  expect(await panel.page.evaluate('globalThis.owned')).toBeUndefined();
  expect(await panel.page.locator('a, img, script:not([nonce])').count()).toBe(0);
  expect(await panel.sideways()).toBe(0);
  expect(panel.problems).toEqual([]);
  await panel.close();
});

test('a megabyte of text is cut, and said to be', async () => {
  const text = 'x'.repeat(1_000_000);
  const host = new TraceHost(stateOf({ from: 'a', to: 'b' }, true), {
    trace: async () =>
      Promise.resolve({ ...answerOf({ ...undecided, headline: text, details: [text] }), fromNote: text }),
  });
  const panel = await openTrace(browser, host, { theme: darkModern, width: 420 });
  await panel.page.getByText('… 998,000 more characters').first().waitFor();
  expect(await panel.sideways()).toBe(0);
  await panel.close();
});

test('characters that nobody sees are shown as escapes', async () => {
  const narrative: Narrative = { ...undecided, headline: 'web\u202Egnp.exe \u0000' };
  const host = new TraceHost(stateOf({ from: 'a', to: 'b' }, true), {
    trace: async () => Promise.resolve(answerOf(narrative)),
  });
  const panel = await openTrace(browser, host, { theme: darkModern });
  await panel.page
    .getByText(String.raw`web\u{202e}gnp.exe \u{0}`)
    .first()
    .waitFor();
  await panel.close();
});

test('thousands of outcomes come in pages', async () => {
  const [group] = undecided.groups;
  const [first] = group?.outcomes ?? [];
  if (first === undefined) throw new Error('no outcome');
  const outcomes = Array.from({ length: 5_000 }, (_, index) => ({
    ...first,
    id: `o${index}`,
    share: 1 / 5_000,
    title: `10.244.${index >> 8}.${index & 255}:80`,
  }));
  const narrative: Narrative = { ...undecided, groups: [{ condition: '', outcomes }] };
  const host = new TraceHost(stateOf({ from: 'a', to: 'b' }, true), {
    trace: async () => Promise.resolve(answerOf(narrative)),
  });
  const panel = await openTrace(browser, host, { theme: darkModern });
  const options = panel.page.getByRole('listbox', { name: 'Outcomes' }).getByRole('option');
  await options.first().waitFor();
  expect(await options.count()).toBe(100);
  await panel.page.getByRole('button', { name: 'Show 100 more of 4,900 outcomes' }).click();
  expect(await options.count()).toBe(200);
  await panel.close();
});
