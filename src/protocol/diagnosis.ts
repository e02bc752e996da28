/** Why a Service does not answer: the requests of the client to the server. Plain JSON. */
import type { ToldDiagnosis } from '../kubeproxy/diagnose/told.ts';
import type { Candidate } from '../kubeproxy/diagnose/candidates.ts';
import type { RequestName, ServicesParams, TextLocation } from './requests.ts';

export type { Candidate };

/** Which Service, in the rules of `uri`: `default/web`, `default/web:http`, `web`, `10.96.0.10:53`. */
export interface DiagnoseParams {
  readonly uri: string;
  readonly service: string;
}

/** As the terminal tells it, with the places where the editor shows its rules. */
export type ShownDiagnosis = ToldDiagnosis<TextLocation>;

export type DiagnoseAnswer =
  | {
      readonly kind: 'diagnosis';
      readonly told: ShownDiagnosis;
      /** Markdown for a ticket, the command line that gives the same, and JSON as it prints it. */
      readonly copies: { readonly markdown: string; readonly command: string; readonly json: string };
    }
  /** Nothing can be said: what is so, and what was most likely meant or is to be done. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** Looks at a Service step by step. What the document cannot be asked is answered as `unavailable`. */
export const diagnoseRequest: RequestName<DiagnoseParams, DiagnoseAnswer> = { method: 'kubeProxy/diagnose' };

/** Services that have rules, or that the objects know; those with a problem first. None of a document that is not open. */
export const servicesToDiagnoseRequest: RequestName<ServicesParams, readonly Candidate[]> = {
  method: 'kubeProxy/servicesToDiagnose',
};
