/** A real dump, and how a fault is made in it. */
import { dumpText } from '../../../dumps.ts';
import type { SnapshotFileName } from '../../../../../src/kernel/snapshot.ts';

export type Files = ReadonlyMap<SnapshotFileName, string>;

/** The rules of a dump as lines, with ways to change them. Every way gives null where the dump has no such line. */
export class Dump {
  readonly name: string;
  readonly lines: readonly string[];
  readonly others: Files;

  constructor(name: string, lines: readonly string[], others: Files = new Map()) {
    this.name = name;
    this.lines = lines;
    this.others = others;
  }

  static of(name: string, file = 'iptables-save.txt'): Dump {
    return new Dump(name, (dumpText(name, file) ?? '').split('\n'));
  }

  get files(): Files {
    return new Map([['iptables-save.txt', this.lines.join('\n')], ...this.others]);
  }

  /** With one more file of the snapshot. */
  beside(file: SnapshotFileName, text: string): Dump {
    return new Dump(this.name, this.lines, new Map([...this.others, [file, text]]));
  }

  /** The first line that fits, as the pattern captures it. */
  find(pattern: RegExp): RegExpExecArray | null {
    for (const line of this.lines) {
      const found = pattern.exec(line);
      if (found !== null) return found;
    }
    return null;
  }

  without(pattern: RegExp): Dump | null {
    const lines = this.lines.filter((line) => !pattern.test(line));
    return lines.length === this.lines.length ? null : this.#with(lines);
  }

  /** Without the first line that fits. */
  withoutOne(pattern: RegExp): Dump | null {
    const index = this.lines.findIndex((line) => pattern.test(line));
    return index === -1 ? null : this.#with(this.lines.toSpliced(index, 1));
  }

  /** Every line that fits, changed as `String.replace` does. */
  replaced(pattern: RegExp, by: string): Dump | null {
    const lines = this.lines.map((line) => line.replace(pattern, by));
    return lines.every((line, index) => line === this.lines[index]) ? null : this.#with(lines);
  }

  /** As the first rule of its chain, which is declared where it is not. */
  first(table: string, rule: string): Dump | null {
    return this.#insert(table, rule, (lines, chain) =>
      lines.findIndex((line) => line.startsWith(`-A ${chain} `)),
    );
  }

  /** As the last rule of its chain. */
  last(table: string, rule: string): Dump | null {
    return this.#insert(table, rule, (lines, chain) => {
      const last = lines.findLastIndex((line) => line.startsWith(`-A ${chain} `));
      return last === -1 ? -1 : last + 1;
    });
  }

  /** With a table that the dump does not have. */
  withTable(name: string, lines: readonly string[]): Dump {
    return this.#with([`*${name}`, ...lines, 'COMMIT', ...this.lines]);
  }

  /** The lines in another order, or changed all together. */
  mapped(change: (lines: readonly string[]) => readonly string[]): Dump {
    return this.#with(change(this.lines));
  }

  #insert(
    table: string,
    rule: string,
    place: (lines: readonly string[], chain: string) => number,
  ): Dump | null {
    const start = this.lines.indexOf(`*${table}`);
    if (start === -1) return null;
    const end = this.lines.indexOf('COMMIT', start);
    const own = this.lines.slice(start, end);
    const chain = rule.split(' ')[1] ?? '';
    const declared = own.some((line) => line.startsWith(`:${chain} `));
    const lines = declared ? own : own.toSpliced(1, 0, `:${chain} - [0:0]`);
    const at = place(lines, chain);
    const index = at === -1 ? lines.length : at;
    return this.#with([
      ...this.lines.slice(0, start),
      ...lines.toSpliced(index, 0, rule),
      ...this.lines.slice(end),
    ]);
  }

  #with(lines: readonly string[]): Dump {
    return new Dump(this.name, lines, this.others);
  }
}
