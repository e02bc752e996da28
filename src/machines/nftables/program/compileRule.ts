/** A rule as a list of operations, in the order in which the kernel evaluates them. */
import { efforts } from '../../../kernel/budget.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { FirstFailure } from '../../../kernel/trace.ts';
import type { Rule, Statement } from '../../../rules/nftables/statements.ts';
import { printStatement } from '../../../rules/nftables/printing/statements.ts';
import { acting, type Control, type Done, type Operation } from '../statements/control.ts';
import { dynamicOperation } from '../statements/dynamic.ts';
import { joinedOperation } from '../statements/joined.ts';
import { matchOperation } from '../statements/match.ts';
import { natOperation } from '../statements/nat.ts';
import {
  notrackOperation,
  queueOperation,
  resetOperation,
  synproxyOperation,
  tproxyOperation,
} from '../statements/others.ts';
import { objectOperation } from '../statements/objects.ts';
import { rejectOperation } from '../statements/reject.ts';
import { setOperation } from '../statements/set.ts';
import { statefulOperation } from '../statements/stateful.ts';
import { unknownStatement } from '../statements/unknown.ts';
import { verdictOperation, vmapOperation } from '../statements/verdicts.ts';
import type { RuleContext, Visit } from './context.ts';

export interface CompiledRule {
  readonly at: RuleAt;
  readonly effort: number;
  readonly operations: readonly Operation[];
}

/** What became of a rule that was asked. */
export interface Asked extends Done {
  /** Where in `run.steps` it is to be told what the rule did; negative = behind them all. */
  place: number;
  /** The operation that ended the rule; of one that matched it means nothing. */
  failed: Operation | null;
}

export function compileRule(rule: Rule, context: RuleContext): CompiledRule {
  const operations = operationsOf(rule.statements, context);
  return { at: context.at, effort: 1 + operations.length, operations };
}

function operationsOf(statements: readonly Statement[], context: RuleContext): readonly Operation[] {
  const operations: Operation[] = [];
  const left = [...statements];
  for (let statement = left.shift(); statement !== undefined; statement = left.shift()) {
    const joined = joinedOperation(statement, left[0], context);
    if (joined !== null) left.shift();
    operations.push(joined ?? operationOf(statement, context));
  }
  return operations;
}

const GO_ON: Control = { kind: 'continue' };

/** Asks a rule of a packet: how it goes on, or null where it does not match. What the rule did is written into `asked`. */
export function evaluate({ operations }: CompiledRule, visit: Visit, asked: Asked): Control | null {
  asked.effect = null;
  asked.place = -1;
  for (const operation of operations) {
    if (operation.acts && asked.place < 0) asked.place = visit.run.steps.length;
    const result = operation.run(visit, asked);
    if (result === 'next') continue;
    if (result === 'break') {
      asked.failed = operation;
      return null;
    }
    asked.effect = result.effect;
    return result.control;
  }
  visit.run.effort += efforts.step;
  return GO_ON;
}

/** Why a rule did not match. */
export function failureOf(operation: Operation, visit: Visit): FirstFailure {
  const { start, end } = operation.span;
  return { start, end, reason: operation.why?.(visit) ?? 'the rule ends here for this packet' };
}

function operationOf(statement: Statement, context: RuleContext): Operation {
  switch (statement.kind) {
    case 'match':
      return matchOperation(statement, context);
    case 'verdict':
      return verdictOperation(statement, context);
    case 'vmap':
      return vmapOperation(statement, context);
    case 'set':
      return setOperation(statement, context);
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
      return natOperation(statement, context);
    case 'tproxy':
      return tproxyOperation(statement, context);
    case 'reject':
      return rejectOperation(statement, context);
    case 'dynamic':
      return dynamicOperation(statement, context);
    default:
      return otherOperation(statement, context);
  }
}

function otherOperation(statement: Statement, context: RuleContext): Operation {
  switch (statement.kind) {
    case 'counter':
    case 'limit':
    case 'quota':
    case 'last':
    case 'ct count':
      return statefulOperation(statement, context);
    case 'log':
      return acting(statement, (_, done) => {
        done.effect ??= { kind: 'log' };
      });
    case 'notrack':
      return notrackOperation(statement);
    case 'synproxy':
      return synproxyOperation(statement, context);
    case 'queue':
      return queueOperation(statement, context);
    case 'dup':
      return acting(statement, () => undefined);
    case 'reset':
      return resetOperation(statement);
    case 'object':
      return objectOperation(statement, context);
    default:
      return unknownStatement(
        statement,
        context,
        printStatement(statement, context.text, ''),
        'which is not followed',
      );
  }
}
