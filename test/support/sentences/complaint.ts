/** Where told text and record disagree. */
export interface Complaint {
  /** `contradiction`: what is said is not so. `silence`: what changes the client's lot is not said. */
  readonly sort: 'contradiction' | 'silence';
  /** What kind of claim it is; the same words for all of a kind. */
  readonly kind: string;
  /** What the record says. */
  readonly truth: string;
}

export function contradiction(kind: string, truth: string): Complaint {
  return { sort: 'contradiction', kind, truth };
}

export function silence(kind: string, truth: string): Complaint {
  return { sort: 'silence', kind, truth };
}

/** Counts what was asked, so that a judge that asks nothing shows. */
export class Verdicts {
  claims = 0;
  readonly complaints: Complaint[] = [];

  /** One claim; `truth` is what to say where it does not hold. */
  claim(kind: string, holds: boolean, truth: string): void {
    this.claims++;
    if (!holds) this.complaints.push(contradiction(kind, truth));
  }

  /** What has to be said. */
  said(kind: string, isSaid: boolean, truth: string): void {
    this.claims++;
    if (!isSaid) this.complaints.push(silence(kind, truth));
  }
}
