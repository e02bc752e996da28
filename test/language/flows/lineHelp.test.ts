import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lineFields } from '../../../src/language/flows/lineFields.ts';
import { lineHelp, spanOfField } from '../../../src/language/flows/lineHelp.ts';

/** `text` with `<|>` where the cursor is. */
function helpAt(text: string) {
  const character = text.indexOf('<|>');
  const line = text.replace('<|>', '');
  const help = lineHelp(line, character);
  const after = (label: string): string => {
    const item = help.items.find((each) => each.label === label);
    if (item === undefined)
      throw new Error(`${label} is not offered: ${help.items.map((each) => each.label).join()}`);
    return line.slice(0, help.start) + item.insert + line.slice(help.until);
  };
  return { ...help, labels: help.items.map(({ label }) => label), after };
}

describe('completion', () => {
  it.each([
    ['{"ex<|>', 'expect', '{"expect": ""'],
    ['{"ex<|>"}', 'expect', '{"expect": ""}'],
    ['{"ex<|>": "drop"}', 'expect', '{"expect": "drop"}'],
    ['{"expect": <|>', 'forward', '{"expect": "forward"'],
    ['{"expect": "fo<|>"}', 'forward', '{"expect": "forward"}'],
    ['{"expect": ["drop", "<|>"]}', 'reject', '{"expect": ["drop", "reject"]}'],
    ['{"from": {"ki<|>"}}', 'kind', '{"from": {"kind": ""}}'],
    ['{"after": [{"from": {"kind": <|>}}]}', 'pod', '{"after": [{"from": {"kind": "pod"}}]}'],
  ])('%s offers %s', (before, label, after) => {
    expect(helpAt(before).after(label)).toBe(after);
  });

  it('offers no field twice', () => {
    const { labels } = helpAt('{"id": "a", "expect": "drop", <|>}');
    expect(labels).toContain('from');
    expect(labels).not.toContain('id');
    expect(labels).not.toContain('expect');
  });

  it('says which end is written, and who sends', () => {
    expect(helpAt('{"from": "default/cl<|>"}').end).toEqual({
      side: 'source',
      query: 'default/cl',
      from: '',
    });
    expect(helpAt('{"from": "node", "to": "web<|>"}').end).toEqual({
      side: 'destination',
      query: 'web',
      from: 'node',
    });
    expect(helpAt('{"from": {"address": "<|>"}}').end).toBeNull();
  });
});

it('a hover says what a field means', () => {
  expect(helpAt('{"expe<|>ct": "drop"}').hover).toMatch(/^expect: How every outcome has to end/);
  expect(helpAt('{"after": [{"to": {"po<|>rt": 7}}]}').hover).toMatch(/^to\.port: /);
  expect(helpAt('{"mine": <|>7}').hover).toBe('');
});

it('a wrong field is found by its value', () => {
  const line = '  {"to": "x", "mark": 7} ';
  expect(line.slice(spanOfField(line, 'mark').start, spanOfField(line, 'mark').end)).toBe('7');
  expect(spanOfField(line, 'family')).toEqual({ start: 2, end: line.length - 1 });
  expect(spanOfField('{"to": ', null)).toEqual({ start: 0, end: 6 });
});

it('docs/flows.md names every field, and no other', () => {
  const page = readFileSync(new URL('../../../docs/flows.md', import.meta.url), 'utf8');
  for (const { path } of lineFields) {
    const name =
      path.startsWith('listeners.') || path.startsWith('clock.') ? path.slice(path.indexOf('.') + 1) : path;
    expect(page, path).toMatch(new RegExp(`["\`]${name.replaceAll('.', '\\.')}["\`]`));
  }
  const [, table = ''] = page.split('| field | what |\n|---|---|\n');
  const named = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]*)`/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(20);
  for (const name of named) expect(lineFields.map(({ path }) => path)).toContain(name);
});
