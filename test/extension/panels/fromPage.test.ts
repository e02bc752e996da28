import { describe, expect, test } from 'vitest';
import { readFromPage } from '../../../src/extension/panels/shared/fromPage.ts';
import { textOf, textsOf } from '../../../src/extension/panels/shared/pageValues.ts';
import { diagnoseGuards } from '../../../src/extension/panels/diagnose/fromDiagnosePage.ts';
import { traceGuards } from '../../../src/extension/panels/trace/fromTracePage.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';

const location = { uri: 'file:///a', line: 1, startCharacter: 0, endCharacter: 4 };
const state = { uri: 'file:///a', name: 'a', form: emptyForm, decisions: [], run: true };
const guide = { id: 'refused', title: 'Why?', step: 0, steps: 2, text: 'So.', from: 'a', to: 'b' };
const read = (message: unknown): unknown => readFromPage(message, traceGuards);

describe('what the trace panel’s page says', () => {
  test.each([
    { type: 'ready' },
    { type: 'stateChanged', state },
    { type: 'stateChanged', state: { ...state, compared: ['file:///b'] } },
    { type: 'stateChanged', state: { ...state, guide } },
    { type: 'news', news: { type: 'guideNext' } },
    { type: 'request', id: 1, method: 'trace', params: { uri: 'file:///a' } },
    { type: 'cancel', id: 1 },
    { type: 'news', news: { type: 'highlight', location } },
    { type: 'news', news: { type: 'reveal', location } },
    { type: 'news', news: { type: 'traceOn', uri: 'file:///b', form: emptyForm } },
  ])('is taken: $type', (message) => {
    expect(read(message)).toEqual(message);
  });

  test.each([
    null,
    undefined,
    'ready',
    [],
    {},
    { type: 'open', state },
    { type: 'constructor' },
    { type: 'stateChanged' },
    { type: 'stateChanged', state: { ...state, uri: 1 } },
    { type: 'stateChanged', state: { ...state, name: null } },
    { type: 'stateChanged', state: { ...state, form: 'x' } },
    { type: 'stateChanged', state: { ...state, decisions: {} } },
    { type: 'stateChanged', state: { ...state, compared: [1] } },
    { type: 'stateChanged', state: { ...state, guide: { ...guide, step: '0' } } },
    { type: 'stateChanged', state: { ...state, guide: { ...guide, to: null } } },
    { type: 'request', id: '1', method: 'trace' },
    { type: 'request', id: 1, method: {} },
    { type: 'cancel', id: 1.5 },
    { type: 'news', news: { type: 'run', command: 'workbench.action.terminal.new' } },
    { type: 'news', news: { type: 'reveal', location: { ...location, line: -1 } } },
    { type: 'news', news: { type: 'reveal', location: { ...location, endCharacter: 'x' } } },
    { type: 'news', news: { type: 'highlight', location: null } },
    { type: 'news', news: { type: 'traceOn', uri: 'file:///b' } },
  ])('and anything else is not: %j', (message) => {
    expect(read(message)).toBeNull();
  });

  test('nor are params of a request of another shape', () => {
    expect(textOf({ text: 'a' }, 'text')).toBe('a');
    expect(textsOf({ uris: ['a'] }, 'uris')).toEqual(['a']);
    for (const params of [null, 'text', {}, { text: 1, uris: 'a' }, { uris: [null] }]) {
      expect(() => textOf(params, 'text')).toThrow('The page sent no text.');
      expect(() => textsOf(params, 'uris')).toThrow('The page sent no uris.');
    }
  });
});

const readShown = (message: unknown): unknown => readFromPage(message, diagnoseGuards);

describe('what the page that diagnoses a Service says', () => {
  const shown = { uri: 'file:///a', name: 'a', service: 'shop/web' };
  const object = { resource: 'pods', namespace: 'shop', name: 'web-0' };

  test.each([
    { type: 'stateChanged', state: shown },
    { type: 'news', news: { type: 'reveal', location } },
    { type: 'news', news: { type: 'trace', form: emptyForm } },
    { type: 'news', news: { type: 'openObject', object } },
  ])('$type is taken', (message) => {
    expect(readShown(message)).toEqual(message);
  });

  test.each([
    { type: 'stateChanged', state: { ...shown, service: null } },
    { type: 'news', news: { type: 'reveal', location: { ...location, line: -1 } } },
    { type: 'news', news: { type: 'trace', form: { from: 1 } } },
    { type: 'news', news: { type: 'openObject', object: { ...object, resource: 'secrets' } } },
    { type: 'news', news: { type: 'run' } },
  ])('$type is not, where it is not right', (message) => {
    expect(readShown(message)).toBeNull();
  });
});
