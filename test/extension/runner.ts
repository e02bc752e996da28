/** A test runner small enough for the extension host: VS Code brings none. */

interface Test {
  readonly name: string;
  /** It may take so many milliseconds. */
  readonly limit: number;
  readonly run: () => Promise<void> | void;
}

/** The tests of one subject, run in the order they were written. */
export class Suite {
  readonly name: string;
  readonly tests: Test[] = [];
  readonly #limit: number;

  /** `limit`: how long each test may take, in milliseconds. */
  constructor(name: string, limit = 60_000) {
    this.name = name;
    this.#limit = limit;
  }

  test(name: string, run: Test['run']): void {
    this.tests.push({ name: `${this.name}: ${name}`, limit: this.#limit, run });
  }
}

/** Prints a line about the tests: the mark tells it from what VS Code prints beside. */
export function say(text: string): void {
  console.log(`[test] ${text}`);
}

/**
 * Runs all; prints each, and at the end `12 passed, 0 failed`. Resolves to the number of failed ones.
 * `look` may keep what there is to see of a test that failed.
 */
export async function runTests(
  suites: readonly Suite[],
  print = say,
  look: (name: string) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const tests = suites.flatMap((suite) => suite.tests);
  let failed = 0;
  for (const { name, limit, run } of tests) {
    const started = performance.now();
    try {
      await within(limit, Promise.resolve().then(run));
      print(`ok   ${name} (${Math.round(performance.now() - started)} ms)`);
    } catch (error) {
      failed++;
      print(`FAIL ${name}\n     ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      await look(name).catch((reason: unknown) => print(`     no picture of it: ${String(reason)}`));
    }
  }
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  return failed;
}

async function within<Value>(milliseconds: number, value: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
