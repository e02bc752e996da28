/** `check --all-nodes`: one table of what is wrong, by finding and by node, and where nodes differ from each other. */
import { readFile } from 'node:fs/promises';
import { wordsOfFinding } from '../../kubeproxy/findings/finding.ts';
import { Agreement, agreementWords, someOf, stateOfNode } from '../../kubeproxy/nodes/agreement.ts';
import { plural } from '../../kubeproxy/narrative/words.ts';
import { append } from '../../text/lists.ts';
import { jsonText } from '../../text/json.ts';
import { checkFiles, type CheckedFile } from '../checkedFiles.ts';
import { checkJson } from '../checkJson.ts';
import { refuse, type ExitCode, type Terminal } from '../command.ts';
import type { LiveNodeGiven } from '../given.ts';
import { severities } from '../checkText.ts';
import type { Rules } from '../readRules.ts';
import { sarifLog } from '../sarif.ts';
import { paint, plain, pad, widest, wrap } from '../terminal.ts';
import { cannotBeRead } from '../unreadable.ts';
import { nodeKeptWords } from '../../kubeproxy/mode/words.ts';
import { type ToldOfNode, useEveryNode } from './everyNode.ts';
import { MissingFiles } from './missingFiles.ts';
import { type NodeLine, readNodeLines } from './nodeLines.ts';
import { NodeTable } from './nodeTable.ts';
import { NodeWarnings } from './nodeWarnings.ts';

export interface EveryNodeGiven {
  readonly node: LiveNodeGiven;
  readonly format: 'text' | 'json' | 'sarif';
  /** The JSON lines of an earlier run, whose answers stand; null for none. */
  readonly resume: string | null;
}

/** Exit code 1 where a node has an error, else 2 where one could not be asked. */
export async function checkEveryNode(given: EveryNodeGiven, terminal: Terminal): Promise<ExitCode> {
  let before: readonly NodeLine[] = [];
  if (given.resume !== null) {
    try {
      before = readNodeLines(await readFile(given.resume, 'utf8'));
    } catch (error) {
      return refuse(terminal, await cannotBeRead(given.resume, error));
    }
  }
  const report = new Report(given.format, terminal);
  before.forEach((line) => report.resumed(line));
  const known = new Set(before.map(({ node }) => node));
  return useEveryNode(given.node, terminal, {
    answered: (node, rules, told) => report.answered(node, rules, told),
    failed: (node, words) => report.failed(node, words),
    skips: (node) => known.has(node),
    done: (told) => report.done(told),
  });
}

class Report {
  readonly #format: EveryNodeGiven['format'];
  readonly #terminal: Terminal;
  readonly #table = new NodeTable();
  readonly #agreement = new Agreement();
  readonly #missing = new MissingFiles();
  readonly #warnings = new NodeWarnings();
  readonly #failed = new Map<string, string>();
  /** For SARIF, which is one document. */
  readonly #files: CheckedFile[] = [];
  #answered = 0;
  #hasErrors = false;

  constructor(format: EveryNodeGiven['format'], terminal: Terminal) {
    this.#format = format;
    this.#terminal = terminal;
  }

  resumed({ node, problems, missing, warnings, services, text }: NodeLine): void {
    this.#count(node, problems);
    this.#missing.add(node, missing);
    this.#warnings.add(node, warnings);
    if (services !== null) this.#agreement.add(node, { all: services, ports: null });
    if (this.#format === 'json') this.#terminal.output.line(text);
  }

  answered(node: string, rules: Rules, { missing, warnings }: ToldOfNode): void {
    const { analysis } = rules;
    const files = checkFiles(rules, analysis);
    const state = stateOfNode(analysis);
    if (state !== null) this.#agreement.add(node, state);
    this.#missing.add(node, missing);
    this.#warnings.add(node, warnings);
    const found = files.flatMap(({ problems }) => problems.map(({ finding }) => finding));
    this.#count(
      node,
      // Nothing else of them: places and frontends hold on to all that is known of the node.
      found.map((finding) => {
        const { code, severity, service } = finding;
        return { code, severity, service, message: wordsOfFinding(finding) };
      }),
    );
    if (this.#format === 'sarif')
      append(
        this.#files,
        files.filter(({ problems }) => problems.length > 0),
      );
    if (this.#format !== 'json') return;
    const beside = nodeKeptWords(analysis.mode);
    const services = state === null ? {} : { services: state.all };
    const lacking =
      missing.length === 0 ? {} : { missing: missing.map(({ file, reason }) => ({ file, reason })) };
    const warned = warnings.length === 0 ? {} : { warnings };
    const own = { node, ...checkJson(files, beside), ...lacking, ...warned, ...services };
    this.#terminal.output.line(jsonText(own));
  }

  failed(node: string, words: string): void {
    this.#failed.set(node, words);
    if (this.#format === 'json') this.#terminal.output.line(jsonText({ node, failure: words }));
  }

  done({ nodes, left }: { readonly nodes: number; readonly left: number }): ExitCode {
    if (this.#format === 'json') this.#terminal.output.line(jsonText(this.#summary(nodes, left)));
    else if (this.#format === 'sarif') this.#sarif(nodes, left);
    else this.#text(nodes, left);
    if (this.#hasErrors) return 1;
    return this.#failed.size > 0 || left > 0 ? 2 : 0;
  }

  #count(node: string, problems: Parameters<NodeTable['add']>[1]): void {
    this.#answered++;
    this.#table.add(node, problems);
    this.#hasErrors ||= problems.some(({ severity }) => severity === 'error');
  }

  #summary(nodes: number, left: number): object {
    return {
      nodes,
      answered: this.#answered,
      failed: this.#failed.size,
      left,
      findings: this.#table.rows.map(({ code, severity, service, message, nodes: on }) => ({
        code,
        severity,
        service,
        message,
        nodes: on,
      })),
      missing: this.#missing.rows,
      warnings: this.#warnings.rows,
      differences: this.#agreement.differences(),
      agreement: agreementWords(this.#agreement),
    };
  }

  #sarif(nodes: number, left: number): void {
    const { complain, output } = this.#terminal;
    this.#notes(nodes, left).forEach((words) => complain(words));
    output.line(jsonText(sarifLog(this.#files), 2));
  }

  #notes(nodes: number, left: number): readonly string[] {
    const words = [...new Set(this.#failed.values())].slice(0, MOST_REASONS).map((reason) => {
      const own = [...this.#failed].filter(([, each]) => each === reason).map(([node]) => node);
      return `Not asked: ${plain(someOf(own.toSorted()))}: ${plain(reason)}`;
    });
    const agreement = agreementWords(this.#agreement);
    return [
      ...(agreement === '' ? [] : [plain(agreement)]),
      ...words,
      ...this.#warnings.words.map(plain),
      ...this.#missing.words(this.#answered).map(plain),
      ...(left === 0
        ? []
        : [`${plural(left, 'node')} of ${nodes} ${left === 1 ? 'was' : 'were'} not asked any more.`]),
    ];
  }

  #text(nodes: number, left: number): void {
    const { output, style } = this.#terminal;
    const { rows } = this.#table;
    const width = widest(rows.map(({ code }) => code));
    for (const { code, severity, service, message, nodes: on } of rows) {
      const { word, paint: colour } = severities[severity];
      const where = `${on.length} of ${this.#answered} nodes: ${someOf(on)}`;
      output.line(
        `${paint(style, colour, pad(word, 7))}  ${pad(code, width)}  ${plain(service === null ? '' : `${service}  `)}${paint(style, 'dim', plain(where))}`,
      );
      for (const line of wrap(plain(message), Math.min(style.width, 100) - 9))
        output.line(`         ${line}`);
    }
    if (rows.length > 0) output.line('');
    for (const words of this.#notes(nodes, left)) {
      for (const line of wrap(words, Math.min(style.width, 100))) output.line(line);
    }
    const sign = this.#hasErrors
      ? paint(style, 'red', '✗')
      : rows.length > 0
        ? paint(style, 'yellow', '!')
        : paint(style, 'green', '✓');
    output.line(
      `${sign} ${plural(rows.length, 'finding')} on ${this.#answered} of ${plural(nodes, 'node')}.`,
    );
  }
}

const MOST_REASONS = 8;
