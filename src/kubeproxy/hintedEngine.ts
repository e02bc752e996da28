import type { ConsideredRule, Engine } from '../kernel/engine.ts';
import type { Family, Flow } from '../kernel/flow.ts';
import type { Hints } from '../kernel/hints.ts';
import type { RuleSlice } from '../kernel/run.ts';
import type { JointTrace, Trace, TraceOptions } from '../kernel/trace.ts';

/** An engine with hints of its own; other hints may be given to the same engine beside it. */
export class HintedEngine implements Engine {
  readonly #engine: Engine;
  readonly #hints: Hints;

  constructor(engine: Engine, hints: Hints) {
    this.#engine = engine;
    this.#hints = hints;
  }

  get family(): Family {
    return this.#engine.family;
  }

  prepare(): void {
    this.#engine.prepare();
  }

  trace(flow: Flow, options?: TraceOptions): Trace {
    return this.#engine.trace(flow, this.#with(options));
  }

  traceSequence(flow: Flow, options?: TraceOptions): JointTrace {
    return this.#engine.traceSequence(flow, this.#with(options));
  }

  considered(
    flow: Flow,
    outcome: number,
    slice: RuleSlice,
    options?: TraceOptions,
  ): readonly ConsideredRule[] {
    return this.#engine.considered(flow, outcome, slice, this.#with(options));
  }

  #with(options: TraceOptions = {}): TraceOptions {
    return { hints: this.#hints, ...options };
  }
}
