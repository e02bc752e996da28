/** Names that nothing has, and names that two things have. */
import type { Element, Expression, Word } from '../expressions.ts';
import type { Ruleset, SetDefinition } from '../nodes.ts';
import type { Rule, Statement } from '../statements.ts';
import { eachExpression } from '../walk.ts';
import { type Part, partsOf } from './parts.ts';
import { type NftProblem, Problems } from './problem.ts';
import { type Scope, World } from './world.ts';
import type { Span } from '../../../text/span.ts';

export function checkNames(ruleset: Ruleset, world: World, problems: Problems): void {
  const isWhole = !ruleset.commands.some(({ name }) => name === 'include');
  for (const { name, define, ...span } of ruleset.uses) {
    if (define === null && isWhole)
      problems.add('nft-unknown-name', span, `No define ${name} stands before this.`);
  }
  for (const { name, again } of ruleset.defines)
    if (again) problems.add('nft-twice', name, `${name.text} is defined already.`);
  for (const part of partsOf(ruleset)) {
    const scope = world.scope(part.table);
    checkTwice(part, problems);
    if (world.isAll && isWhole && !scope.isMade)
      problems.add('nft-unknown-name', part.tableWord, `No table ${part.table} is made in this text.`);
    else if (world.knows(part.table) && isWhole) new NameCheck(part, scope, problems).run();
  }
}

/** What rules name and their tables do not have, each place of it. */
export function absentNames(ruleset: Ruleset): readonly NftProblem[] {
  const problems = new Problems(ruleset.text);
  checkNames(ruleset, new World(ruleset), problems);
  return problems.found.filter(({ code }) => code === 'nft-unknown-name');
}

function checkTwice(part: Part, problems: Problems): void {
  const seen = new Map<string, SetDefinition>();
  for (const set of part.sets) {
    const before = seen.get(set.name.text);
    if (before !== undefined && before.kind !== set.kind)
      problems.add('nft-twice', set.name, `${before.kind} ${set.name.text} has this name already.`);
    seen.set(set.name.text, set);
  }
}

/** Types of objects that a map may lead to. */
const objectTypes: ReadonlySet<string> = new Set(['counter', 'quota', 'limit', 'synproxy', 'secmark']);

class NameCheck {
  readonly #part: Part;
  readonly #scope: Scope;
  readonly #problems: Problems;

  constructor(part: Part, scope: Scope, problems: Problems) {
    this.#part = part;
    this.#scope = scope;
    this.#problems = problems;
  }

  run(): void {
    const { bodies, sets, command } = this.#part;
    for (const { rules } of bodies) this.#rules(rules);
    for (const set of sets) {
      this.#elements(set.elements);
      const type = set.data?.kind === 'value' ? set.data.text : '';
      if (!objectTypes.has(type)) continue;
      for (const { data } of set.elements) if (data !== null) this.#object(type, data);
    }
    if (command === null) return;
    this.#elements(command.elements);
    const { object, target, name: verb } = command;
    if (target === null) return;
    const isNew = (verb === 'add' || verb === 'create') && object !== 'rule' && object !== 'element';
    if (isNew) return;
    if (object === 'rule' || object === 'chain') this.#chain(target);
    if (object === 'element' || object === 'set' || object === 'map') this.#set(target.text, target);
  }

  #rules(rules: readonly Rule[]): void {
    for (const { statements } of rules) for (const each of statements) this.#statement(each);
  }

  #statement(statement: Statement): void {
    if (statement.kind === 'verdict') {
      if (statement.target !== null) this.#jump(statement.target);
      if (statement.rules !== null) this.#rules(statement.rules);
      return;
    }
    if (statement.kind === 'dynamic' && statement.operation !== 'meter')
      this.#set(statement.set.text, statement.set);
    if (statement.kind === 'object') this.#object(statement.type, statement.name);
    if (statement.kind === 'object' && statement.type === 'flow') return;
    eachExpression(statement, this.#expression);
  }

  #object(type: string, name: Expression): void {
    if (type === 'flow') {
      if (name.kind === 'reference' && !this.#scope.flowtables.has(name.name))
        this.#unknown(name, `No flowtable ${name.name} is in table ${this.#part.table}.`);
    } else if (name.kind === 'value' && !this.#scope.objects.has(`${type} ${name.text}`))
      this.#unknown(name, `No ${type} ${name.text} is in table ${this.#part.table}.`);
  }

  #elements(elements: readonly Element[]): void {
    for (const element of elements) eachExpression(element, this.#expression);
  }

  readonly #expression = (expression: Expression): void => {
    if (expression.kind === 'reference') this.#set(expression.name, expression);
    if (expression.kind === 'verdict' && expression.target !== null) this.#jump(expression.target);
  };

  /** nft_verdict_init: base chains are for hooks alone. */
  #jump(word: Word): void {
    this.#chain(word);
    const hooked = this.#scope.hookedOf(word.text);
    if (hooked !== null)
      this.#problems.add(
        'nft-misplaced',
        { start: word.start, end: word.end },
        `The hook ${hooked.hook} calls ${word.text}: no rule can lead to a base chain.`,
      );
  }

  #chain(word: Word): void {
    if (word.text !== '' && !this.#scope.hasChain(word.text))
      this.#unknown(word, `No chain ${word.text} is in table ${this.#part.table}.`);
  }

  #set(name: string, span: Span): void {
    if (!this.#scope.sets.has(name))
      this.#unknown(span, `No set or map ${name} is in table ${this.#part.table}.`);
  }

  #unknown({ start, end }: Span, message: string): void {
    this.#problems.add('nft-unknown-name', { start, end }, message);
  }
}
