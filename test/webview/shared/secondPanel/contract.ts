/** A second panel, which only the tests have: it counts. What it takes beside what every panel has is this folder. */
export interface CountContract {
  readonly state: CountState;
  readonly requests: {
    readonly add: {
      readonly params: { readonly count: number; readonly step: number };
      readonly result: { readonly count: number };
    };
    readonly steps: { readonly params: { readonly query: string }; readonly result: readonly number[] };
  };
  readonly told: { readonly type: 'counted'; readonly name: string; readonly count: number };
  readonly heard: { readonly type: 'set'; readonly count: number };
}

export interface CountState {
  readonly name: string;
  readonly count: number;
  /** Count once when opened. */
  readonly run: boolean;
}
