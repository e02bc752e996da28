/** A real listing of nftables, and how a fault is made in it. Every way throws where the listing has no such text. */
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { allFindings } from '../../../../src/kubeproxy/findings/all.ts';
import type { Finding } from '../../../../src/kubeproxy/findings/finding.ts';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import type { SnapshotFileName } from '../../../../src/kernel/snapshot.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpText } from '../../dumps.ts';

export class NftDump {
  readonly text: string;
  readonly others: ReadonlyMap<SnapshotFileName, string>;

  constructor(text: string, others: ReadonlyMap<SnapshotFileName, string> = new Map()) {
    this.text = text;
    this.others = others;
  }

  static of(name: string): NftDump {
    return new NftDump(dumpText(name, 'nft.txt') ?? '');
  }

  /** The first place that fits, as `String.replace` does. */
  replaced(was: string | RegExp, by: string): NftDump {
    const text = this.text.replace(was, by);
    if (text === this.text) throw new RangeError(`nothing fits ${String(was)}`);
    return new NftDump(text, this.others);
  }

  /** The rules of a chain of the table of IPv4, changed; each without its indent. */
  chain(name: string, change: (rules: readonly string[]) => readonly string[]): NftDump {
    const start = this.text.indexOf(`\tchain ${name} {\n`);
    const end = this.text.indexOf('\n\t}', start);
    if (start === -1) throw new RangeError(`no chain ${name}`);
    const [head = '', ...lines] = this.text.slice(start, end).split('\n');
    const heads = lines.filter(isHead);
    const rules = change(lines.filter((line) => !isHead(line)).map((line) => line.trim()));
    const body = [head, ...heads, ...rules.map((rule) => `\t\t${rule}`)].join('\n');
    return new NftDump(this.text.slice(0, start) + body + this.text.slice(end), this.others);
  }

  /** Without a chain of the table of IPv4. */
  withoutChain(name: string): NftDump {
    const start = this.text.indexOf(`\tchain ${name} {\n`);
    const end = this.text.indexOf('\n\t}\n', start);
    if (start === -1) throw new RangeError(`no chain ${name}`);
    return new NftDump(this.text.slice(0, start) + this.text.slice(end + '\n\t}\n'.length), this.others);
  }

  /** The whole name of the chain of a Service: `service`, `shop/three/tcp/http`. */
  named(kind: string, service: string): string {
    const found = new RegExp(`chain (${kind}-[A-Z2-7]{8}-${service}) \\{`).exec(this.text)?.[1];
    if (found === undefined) throw new RangeError(`no chain of ${service}`);
    return found;
  }

  /** Without the first element that leads to a chain. */
  withoutElement(chain: string): NftDump {
    return this.replaced(new RegExp(`\\n\\t* *[^\\n{}]* : goto ${escaped(chain)},`), '');
  }

  /** With one more table behind all others. */
  with(table: string): NftDump {
    return new NftDump(`${this.text.trimEnd()}\n${table}`, this.others);
  }

  beside(file: SnapshotFileName, text: string): NftDump {
    return new NftDump(this.text, new Map([...this.others, [file, text]]));
  }

  findings(traced: 'traced' | 'not traced' = 'not traced'): readonly Finding[] {
    const analysis = analysisOfFiles(new Map([['nft.txt', this.text], ...this.others]));
    return finish(traced === 'traced' ? allFindings(analysis) : findingsOfNode(analysis));
  }
}

function isHead(line: string): boolean {
  return /^\t\t(?:type|comment) /.test(line);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A table of family inet with one base chain. */
export function tableOf(name: string, hook: string, rules: readonly string[], header = ''): string {
  const head = header === '' ? `type filter hook ${hook} priority filter; policy accept;` : header;
  return `table inet ${name} {\n\tchain ${hook} {\n\t\t${head}\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n}\n`;
}
