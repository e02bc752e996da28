/**
 * Long work as a generator that pauses (yields) now and then, some milliseconds of work apart. Whoever runs it lets others
 * have their turn in between, and gives it up, by asking no further, when nobody waits for the answer any more. The work
 * itself knows neither a clock nor a token.
 */
export type Steps<Result> = Generator<void, Result, void>;

/** Runs to the end at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** What is worked out already: there is nothing to pause in. */
export function* atOnce<Result>(result: Result): Steps<Result> {
  yield* [];
  return result;
}

/** As `items.map(change)`, pausing now and then; for changes that take some microseconds each. */
export function* mapped<Item, Result>(
  items: Iterable<Item>,
  change: (item: Item) => Result,
): Steps<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(change(item));
    if (results.length % ITEMS_PER_STEP === 0) yield;
  }
  return results;
}

const ITEMS_PER_STEP = 1_000;
