/** What is found of Services comes behind their rows: the rows of the Rules view are shown at once, and again when more of them is known. */
export class LateBadges {
  /** Whether more is known than what rows have counted; answered when all is known. */
  readonly #ask: (uri: string, found: number) => Promise<boolean>;
  #asked: object | null = null;

  constructor(ask: (uri: string, found: number) => Promise<boolean>) {
    this.#ask = ask;
  }

  /** From now on the rules may be others: what is asked for is of no use any more. */
  forget(): void {
    this.#asked = null;
  }

  /** Rows were shown that counted `found`. `ready` is called once, where they would tell more by now. */
  async shown(uri: string, found: number, ready: () => void): Promise<void> {
    if (this.#asked !== null) return;
    const asked = {};
    this.#asked = asked;
    // Rows stand without it; what keeps the server from answering is told to who asks for rows next.
    const isMore = await this.#ask(uri, found).catch(() => false);
    if (isMore && this.#asked === asked) ready();
  }
}
