/** What scripts/test-cluster.mjs gives `clusterEndToEnd` of test/live/e2e/main.ts, which resolves to the number of failed tests. */
import type { Browser } from 'playwright-core';

export interface ServedWindow {
  /** To open in the browser. */
  readonly address: string;
  /** The folder that is open in it. */
  readonly workspace: string;
  /** On top of the ones it began with; an open window takes them over. */
  changeSettings(settings: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Of VS Code's server and so of the extension: `KUBECONFIG`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default true. */
  readonly trusted?: boolean;
  /** With the stand-in for the Kubernetes extension, which finds its kubeconfig and items in the environment. Default false. */
  readonly neighbour?: boolean;
}

export interface ClusterStage {
  readonly browser: Browser;
  /** The folder for the pictures. */
  readonly screenshots: string;
  /** Part of the names of the suites to run; null for all. */
  readonly suite: string | null;
  /** Whether a line of the page's console is about us. */
  readonly isOurs: (text: string) => boolean;
  /** A VS Code of its own; those that are left are stopped at the end. */
  serve(options: ServeOptions): Promise<ServedWindow>;
}
