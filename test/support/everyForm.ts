/**
 * One question asked in every form in which this product answers: the text and JSON of `trace`, a line of `trace --flows`,
 * and the panel with its copies. What each form says is read from what it shows, not from what it was made of.
 */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { type Analysis, analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { type FlowForm, readForm } from '../../src/kubeproxy/form/flowForm.ts';
import type { Narrative, NarrativeAssumption } from '../../src/kubeproxy/narrative/narrative.ts';
import { emptyForm, traceRequest } from '../../src/protocol/requests.ts';
import { isRecord } from '../../src/text/json.ts';
import { Client } from '../server/client.ts';
import { ran } from './inProcess.ts';

/** What a form says: verdicts without repetition, in order of the alphabet, and what is taken for granted. */
export interface Said {
  readonly headline: string;
  readonly verdicts: readonly string[];
  readonly unknowns: readonly string[];
}

/** A folder with these files, in place of a node's. */
export function folderOf(files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kpe-node-'));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return folder;
}

function filesIn(folder: string): ReadonlyMap<(typeof snapshotFileNames)[number], string> {
  const names = snapshotFileNames.filter((name) => existsSync(join(folder, name)));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** What the command line prints. Throws with what it complains of where it does not answer. */
export async function printed(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await ran(...argv);
  if (code !== 0) throw new Error(err);
  return out;
}

const classes: Readonly<Record<string, string>> = {
  '→': 'passes',
  '✓': 'passes',
  '✗': 'stopped',
  '?': 'unknown',
};
const classOf: Readonly<Record<string, string>> = {
  forward: 'passes',
  local: 'passes',
  drop: 'stopped',
  reject: 'stopped',
  unknown: 'unknown',
};

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)].toSorted((a, b) => (a < b ? -1 : Number(a > b)));
}

/** A chain of an endpoint has the endpoint before it in words: `10.244.1.5:8080 (KUBE-SEP-…)`. */
function bare(message: string): string {
  return message.replaceAll(/\S+ \((KUBE-SEP-[A-Z2-7]{16})\)/gu, '$1');
}

/** Of the text: the sign of its headline and of each end that it shows. */
export interface TextSaid {
  readonly sign: string;
  readonly headline: string;
  /** `passes`, `stopped`, `unknown`. */
  readonly ends: readonly string[];
  /** Whether cases were left out. */
  readonly whole: boolean;
  /** Those that are shown; of several of one kind the first. */
  readonly unknowns: readonly string[];
  readonly moreUnknowns: number;
}

/** The first node's part of what `trace` prints. */
export function readText(text: string): TextSaid {
  const [own = ''] = text.split(/\n\nOn .*: .*\n/u);
  const paragraphs = own.replaceAll(/\n {2}(?! )(?!Assumed: |If |From: |… )(?=\S+ \S)/gu, '\n  ');
  const lines = paragraphs.split('\n');
  const [first = ''] = lines;
  const ends = lines.flatMap((line) => {
    const [, sign] = /^ {4}(?: *[<\d.]+ %  )?([→✗?]) /u.exec(line) ?? [];
    return sign === undefined ? [] : [classes[sign] ?? ''];
  });
  const assumed = own
    .split('\n  Assumed: ')
    .slice(1)
    .map((each) => each.trimEnd().replaceAll(/\n {2}/gu, ' '));
  const more = assumed.map((each) =>
    Number(/ \(and (\d+) more assumptions? of this kind\)$/u.exec(each)?.[1] ?? 0),
  );
  return {
    sign: first.charAt(0),
    headline: headlineOf(own),
    ends: distinct(ends),
    whole: !/^ {2}… [\d,]+ more cases?; /mu.test(own),
    unknowns: assumed.map((each) => bare(each.replace(/ \(and \d+ more assumptions? of this kind\)$/u, ''))),
    moreUnknowns: more.reduce((sum, each) => sum + each, 0),
  };
}

/** The headline may be wrapped: its further lines are indented by two, as the details are; it ends with its first full stop at a line's end. */
function headlineOf(text: string): string {
  const found: string[] = [];
  for (const line of text.slice(2).split('\n')) {
    found.push(line.trim());
    if (line.endsWith('.')) break;
  }
  return found.join(' ');
}

/** Of a result line. */
export function readResult(line: string): Said & { readonly branched: boolean } {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value)) throw new Error(line);
  const outcomes = Array.isArray(value['outcomes']) ? value['outcomes'].filter(isRecord) : [];
  const assumptions = Array.isArray(value['assumptions']) ? value['assumptions'].filter(isRecord) : [];
  return {
    headline: typeof value['headline'] === 'string' ? value['headline'] : '',
    verdicts: distinct(outcomes.map(({ verdict }) => String(verdict))),
    unknowns: assumptions.map(({ message }) => String(message)),
    branched: outcomes.some(({ assuming }) => assuming !== undefined),
  };
}

const escapes: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&#64;': '@',
  '&#58;': ':',
  '&#46;': '.',
  '&amp;': '&',
};

/** What a reader of the Markdown sees. */
function shown(markdown: string): string {
  return markdown
    .replaceAll(/&lt;|&#64;|&#58;|&#46;|&amp;/gu, (each) => escapes[each] ?? each)
    .replaceAll(/\\([\\`*_[\]|~\-+>#.)])/gu, '$1');
}

/** Of the Markdown for a ticket, its first node's part: the headline, the column of verdicts, the list of what is assumed. */
export function readMarkdown(markdown: string): Said {
  const [own = ''] = markdown.split('\n\n#### ');
  const lines = own.split('\n');
  const verdicts = lines.flatMap((line) => /^\| [^|]* \| (\w+) \| /u.exec(line)?.[1] ?? []);
  const unknowns = lines.flatMap((line) => /^- Assumed: (.*)$/u.exec(line)?.[1] ?? []);
  return {
    headline: shown(/^\*\*(.*)\*\*$/u.exec(lines[0] ?? '')?.[1] ?? ''),
    verdicts: distinct(verdicts.filter((each) => each !== 'verdict')),
    unknowns: unknowns.map((each) => bare(shown(each))),
  };
}

/** The words of a command line as `toCommandLine` quotes them. */
function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/(?:'[^']*'|\\'|[^\s'])+/gu)].map(([word]) => word);
  return words.map((word) => word.replaceAll(/'([^']*)'|\\(')/gu, '$1$2'));
}

/** A node's files in every form: its folder for the command line, open documents for the panel. */
export class EveryForm {
  readonly folder: string;
  readonly #analysis: Analysis;
  readonly #client: Client;
  readonly #uri: string;

  private constructor(folder: string, client: Client, uri: string) {
    this.folder = folder;
    this.#analysis = analysisOfFiles(filesIn(folder));
    this.#client = client;
    this.#uri = uri;
  }

  /** `server`: the bundled server. */
  static async open(folder: string, server: string): Promise<EveryForm> {
    const client = new Client(server);
    client.folder = pathToFileURL(folder).href;
    const files = filesIn(folder);
    for (const [name, text] of files) client.files.set(name, text);
    await client.initialize();
    const own = files.has('iptables-save.txt') ? 'iptables-save.txt' : 'ip6tables-save.txt';
    const uri = `${client.folder}/${own}`;
    await client.open(uri, files.get(own) ?? '');
    return new EveryForm(folder, client, uri);
  }

  close(): void {
    this.#client.stop();
  }

  /** In what the forms differ over one packet, in words; nothing where they agree. */
  async differences(given: Partial<FlowForm>): Promise<readonly string[]> {
    const form = { ...emptyForm, ...given };
    const json = (await printed(...this.#argv(form), '--format', 'json')).trimEnd();
    const text = await printed(...this.#argv(form));
    const panel = await this.#client.ask(traceRequest, { uri: this.#uri, form, decisions: [] });
    if (panel.kind !== 'answer') return [`the panel: ${JSON.stringify(panel)}`];
    const { copies, narrative } = panel;
    const [result, told, ticket] = [readResult(json), readText(text), readMarkdown(copies.markdown)];
    const again = await printed(...wordsOf(copies.command).slice(1));
    return [
      ...differ('JSON of the panel', JSON.parse(copies.json), JSON.parse(json)),
      ...differ('--flows', JSON.parse(await this.#flowsLine(form)), withoutReplies(JSON.parse(json))),
      ...differ('verdicts of the Markdown', ticket.verdicts, result.verdicts),
      ...differ('unknowns of the Markdown', sorted(ticket.unknowns), sorted(result.unknowns)),
      ...differ('headline of the Markdown', plainly(ticket.headline), plainly(told.headline)),
      ...differ('headline of the JSON', plainly(result.headline), plainly(told.headline)),
      ...differ('headline of the panel', plainly(narrative.headline), plainly(told.headline)),
      ...differ('text of the copied command', again, text),
      ...endsDiffer(told, result, narrative.verdict),
      ...unknownsDiffer(told, result),
      ...(await this.#differencesDecided(form, narrative.assumptions)),
    ];
  }

  /** With two of the open questions decided, as the panel's switches do: what the copied command says then. */
  async #differencesDecided(
    form: FlowForm,
    assumptions: readonly NarrativeAssumption[],
  ): Promise<readonly string[]> {
    const [one, other] = assumptions.filter(({ options }) => options.length > 0);
    const options = [one?.options[0], other?.options.at(-1)];
    const decisions = options.flatMap((option) => option?.decisions ?? []);
    if (decisions.length === 0) return [];
    const panel = await this.#client.ask(traceRequest, { uri: this.#uri, form, decisions });
    if (panel.kind !== 'answer') return [`the panel, decided: ${JSON.stringify(panel)}`];
    const { command, json } = panel.copies;
    const copied = wordsOf(command).slice(1);
    const again = await printed(...copied, '--format', 'json');
    const told = readText(await printed(...copied));
    return [
      ...differ(`JSON of the copied ${command}`, JSON.parse(again), JSON.parse(json)),
      ...differ(
        `headline of the copied ${command}`,
        plainly(told.headline),
        plainly(panel.narrative.headline),
      ),
    ];
  }

  #argv(form: FlowForm): readonly string[] {
    const options = (['from', 'to', 'protocol', 'state', 'interface'] as const).flatMap((name) =>
      form[name] === '' ? [] : [`--${name}=${form[name]}`],
    );
    return ['trace', this.folder, ...options];
  }

  /** The packet as a line of a file of flows. */
  async #flowsLine(form: FlowForm): Promise<string> {
    const reading = readForm(form, this.#analysis);
    if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
    const path = join(mkdtempSync(join(tmpdir(), 'kpe-flow-')), 'flows.jsonl');
    writeFileSync(path, `${JSON.stringify(reading.flow)}\n`);
    return printed('trace', this.folder, '--flows', path);
  }
}

/** What a line of `--flows` says: many packets are asked about their ends, and not about the answers to them, nor what may be decided. */
function withoutReplies(result: unknown): unknown {
  if (!isRecord(result) || !Array.isArray(result['outcomes'])) return result;
  const { replyAssumptions: _, verdict: _verdict, headline: _headline, outcomes, ...rest } = result;
  const taken = Array.isArray(rest['assumptions']) ? rest['assumptions'].filter(isRecord) : [];
  const assumptions = taken.map(({ code, message }) => ({ code, message }));
  const answered = outcomes.map((outcome: unknown) => {
    if (!isRecord(outcome)) return outcome;
    const { replies: __, ...own } = outcome;
    return own;
  });
  return { id: rest['id'], outcomes: answered, ...rest, assumptions };
}

function differ(what: string, one: unknown, other: unknown): readonly string[] {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  return a === b ? [] : [`${what}: ${a} is not ${b}`];
}

function sorted(words: readonly string[]): readonly string[] {
  return words.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
}

/** Where text is wrapped is no difference. */
function plainly(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

/** `told`: the verdict of the telling, which is about the client: what passes may have no answer. */
function endsDiffer(text: TextSaid, { verdicts }: Said, told: Narrative['verdict']): readonly string[] {
  const expected = distinct(verdicts.map((verdict) => classOf[verdict] ?? verdict));
  const all = text.whole
    ? differ('ends of the text', text.ends, expected)
    : text.ends
        .filter((end) => !expected.includes(end))
        .map((end) => `the text ends ${end}, the JSON does not`);
  const [only] = verdicts;
  // What its sender keeps is told so, whatever would become of one like it that somebody forged.
  const kept = text.headline.startsWith('Never comes to this node: ');
  const sign = kept
    ? '?'
    : expected.length > 1 || told === 'mixed' || told === 'unanswered'
      ? '±'
      : { passes: '✓', stopped: '✗', unknown: '?' }[classOf[only ?? ''] ?? ''];
  const begins = text.headline.startsWith('Not known') ? ['unknown'] : null;
  return [
    ...all,
    ...differ('sign of the headline', text.sign, sign),
    ...(begins === null ? [] : differ('a headline of what is not known', begins, verdicts)),
  ];
}

/** Those that were explored both ways are told by the cases of a text, and not again. */
function unknownsDiffer(
  text: TextSaid,
  { unknowns, branched }: ReturnType<typeof readResult>,
): readonly string[] {
  const foreign = text.unknowns
    .filter((each) => !unknowns.includes(each))
    .map((each) => `only the text assumes: ${each}`);
  const count = text.unknowns.length + text.moreUnknowns;
  const isFewer = branched ? count > unknowns.length : count !== unknowns.length;
  return isFewer ? [...foreign, `the text has ${count} unknowns, the JSON ${unknowns.length}`] : foreign;
}
