/** Rules: their statements, comment and handle. */
import type { Word } from '../expressions.ts';
import type { Rule, Statement, VerdictStatement } from '../statements.ts';
import type { Cursor } from './cursor.ts';
import { acceptVerdict } from './verdicts.ts';
import { readStatement } from './statements.ts';

/** The rule up to the end of its line. What is not understood is its last statement, of kind `unknown`. */
export function readRule(cursor: Cursor): Rule {
  const { start } = cursor;
  const statements: Statement[] = [];
  let comment: Word | null = null;
  while (!cursor.atEnd) {
    if (cursor.accept('comment')) {
      comment = cursor.comment();
      continue;
    }
    const { place, start: from } = cursor;
    const statement = readVerdict(cursor) ?? readStatement(cursor);
    if (statement !== null && cursor.place > place) statements.push(statement);
    else {
      cursor.back(place);
      statements.push(readUnknown(cursor, from));
    }
  }
  return {
    statements,
    comment,
    handle: cursor.handle(),
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

function readUnknown(cursor: Cursor, start: number): Statement {
  cursor.skipStatement();
  const span = cursor.spanFrom(start);
  cursor.problem('unknown-statement', span);
  return { kind: 'unknown', ...span };
}

function readVerdict(cursor: Cursor): VerdictStatement | null {
  const { place, start } = cursor;
  const verdict = acceptVerdict(cursor);
  if (verdict === null) return null;
  if (verdict !== 'jump' && verdict !== 'goto') {
    return {
      kind: 'verdict',
      verdict,
      target: null,
      rules: null,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  }
  const rules = cursor.is('{') ? cursor.deeper(() => readAnonymousChain(cursor)) : null;
  const target = rules === null ? cursor.name() : null;
  if (rules !== null || target !== null) {
    return {
      kind: 'verdict',
      verdict,
      target,
      rules,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  }
  cursor.back(place);
  return null;
}

function readAnonymousChain(cursor: Cursor): readonly Rule[] | null {
  cursor.step();
  const rules = readRules(cursor);
  return cursor.accept('}') ? rules : null;
}

/** Rules up to a `}`, which is left, or the end. */
function readRules(cursor: Cursor): readonly Rule[] {
  const rules: Rule[] = [];
  for (;;) {
    cursor.skipLines();
    if (cursor.is('}') || cursor.kind === 'end') return rules;
    rules.push(readRule(cursor));
    cursor.wantSeparator();
  }
}
