import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/kernel/budget.ts';
import { Choices, explore } from '../../src/kernel/choices.ts';

const noLimits = { all: 1000, open: 1000 };

const threeQuestions = (choices: Choices): string =>
  `${choices.pick([0.5, 0.25, 0.25])} ${choices.guess()} ${choices.choose(0.2)} ${choices.probability}`;

describe('exploring', () => {
  test('visits every combination once, in the order of a walk that says yes first', () => {
    const { results, leftOut } = explore((choices) => {
      const first = choices.choose(0.25);
      const second = first ? choices.choose(0.5) : false;
      return `${first} ${second} ${choices.probability}`;
    }, noLimits);
    expect([results, leftOut]).toEqual([['true true 0.125', 'true false 0.125', 'false false 0.75'], 0]);
  });

  test('takes the likeliest ways first, and says how much it left out', () => {
    const { results, leftOut } = explore((choices) => choices.pick([0.1, 0.2, 0.6, 0.1]), {
      all: 2,
      open: 2,
    });
    expect(results).toEqual([0, 2]);
    expect(leftOut).toBeCloseTo(0.3, 12);
  });

  test('gives up ways behind many open questions earlier than others', () => {
    const limits = { all: 1000, open: 3 };
    const many = explore((choices) => [1, 2, 3, 4, 5].map(() => choices.guess()), limits);
    expect(many.results.length).toBeLessThan(2 ** 5);
    expect(many.leftOut).toBeGreaterThan(0);
    const few = explore((choices) => (choices.guess() ? choices.pick([0.25, 0.25, 0.25, 0.25]) : 9), limits);
    expect(few.results).toEqual([0, 1, 2, 3, 9]);
  });

  test('stops where the budget ends, and leaves out the run that overspent it', () => {
    const budget = new Budget(25);
    const { results, leftOut } = explore(
      (choices) => {
        budget.spend(10);
        return choices.pick([0.25, 0.25, 0.25, 0.25]);
      },
      noLimits,
      budget,
    );
    expect([results, leftOut]).toEqual([[0, 1], 0.5]);
  });

  test('has one result whatever it costs', () => {
    const budget = new Budget(5);
    const program = (choices: Choices): boolean => {
      budget.spend(10);
      return choices.guess();
    };
    const { results, leftOut } = explore(program, noLimits, budget);
    expect([results, leftOut]).toEqual([[true], 0.5]);
  });

  test('repeats a run by its answers', () => {
    const { results, ways } = explore(threeQuestions, noLimits);
    expect(results).toHaveLength(12);
    expect(ways.map((way) => threeQuestions(Choices.again(way)))).toEqual(results);
  });

  test('what is certain is no choice', () => {
    expect(explore((choices) => [choices.choose(1), choices.choose(0)], noLimits).results).toEqual([
      [true, false],
    ]);
  });
});
