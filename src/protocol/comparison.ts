/** What changed between two states of rules: the requests of the client to the server. Plain JSON. */
import type { FlowForm } from '../kubeproxy/form/flowForm.ts';
import type { ToldChange, ToldWay } from '../kubeproxy/compare/told.ts';
import type { RequestName, TextLocation } from './requests.ts';

/** Two states, each the rules of a document with its snapshot. */
export interface CompareParams {
  readonly before: string;
  readonly after: string;
  /** What the document `before` held, where that is asked about and not what it holds; null for what it holds. */
  readonly beforeText: string | null;
}

/** `before`, `after`: the first place on each side that the editor can show; null where there is none. */
export interface ShownChange extends Pick<ToldChange, 'sign' | 'what' | 'words'> {
  readonly before: TextLocation | null;
  readonly after: TextLocation | null;
}

/** Packets that end otherwise; `at`: the rule that ends them now, else the one that did. */
export interface ShownWay extends Pick<ToldWay, 'kind' | 'says'> {
  readonly packet: FlowForm | null;
  readonly at: TextLocation | null;
}

export interface ShownSection {
  readonly title: string;
  readonly changes: readonly ShownChange[];
}

export type CompareAnswer =
  | {
      readonly kind: 'comparison';
      /** Nothing that means anything changed. */
      readonly isSame: boolean;
      readonly headline: string;
      readonly ways: readonly ShownWay[];
      readonly sections: readonly ShownSection[];
      readonly notes: readonly string[];
      readonly markdown: string;
    }
  /** What is so, and what is to be done. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** Services first, order and hashes ignored. */
export const compareRequest: RequestName<CompareParams, CompareAnswer> = { method: 'kubeProxy/compare' };

/** Both states as texts that differ only where the rules do; null where a document is not open. */
export const normalisedRequest: RequestName<
  CompareParams,
  { readonly before: string; readonly after: string } | null
> = { method: 'kubeProxy/normalised' };
