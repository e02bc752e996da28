/** Help with writing a line: its fields, what they may be, and the names of Pods, nodes and Services in the rules. */
import * as vscode from 'vscode';
import { type FlowHelp, flowHelpRequest } from '../../protocol/flowTests.ts';
import { type Choice, choicesRequest } from '../../protocol/requests.ts';
import { visibleAtLength } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { flowsLanguage } from './flowFiles.ts';
import type { RulesOfFlows } from './rulesOfFlows.ts';

const MOST_NAMES = 100;

/** Completion and hovers in files of flows. */
export function registerFlowHelp(server: RulesServer, rules: RulesOfFlows): vscode.Disposable {
  const selector = { language: flowsLanguage };
  const help = new Help(server, rules);
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(selector, help, '"', ':', ',', '{', '[', '/'),
    vscode.languages.registerHoverProvider(selector, help),
  );
}

class Help implements vscode.CompletionItemProvider, vscode.HoverProvider {
  readonly #server: RulesServer;
  readonly #rules: RulesOfFlows;

  constructor(server: RulesServer, rules: RulesOfFlows) {
    this.#server = server;
    this.#rules = rules;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList> {
    const help = await this.#help(document, position, token);
    const range = new vscode.Range(position.line, help.start, position.line, help.until);
    const fields = help.items.map(({ label, meaning, insert }) => itemOf(label, meaning, insert, range));
    const named = help.end === null ? [] : await this.#names(document.uri, help.end, token);
    const names = itemsOf(named, range);
    // Of many names those that hold what was typed come first: more of it asks again.
    return new vscode.CompletionList([...fields, ...names], names.length >= MOST_NAMES);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const { hover, start, until } = await this.#help(document, position, token);
    if (hover === '') return null;
    const text = new vscode.MarkdownString().appendText(visibleAtLength(hover));
    return new vscode.Hover(text, new vscode.Range(position.line, start, position.line, until));
  }

  #help(
    document: vscode.TextDocument,
    { line, character }: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<FlowHelp> {
    return this.#server.ask(flowHelpRequest, { line: document.lineAt(line).text, character }, token);
  }

  async #names(
    flows: vscode.Uri,
    { side, query, from }: NonNullable<FlowHelp['end']>,
    token: vscode.CancellationToken,
  ): Promise<readonly Choice[]> {
    const rules = await this.#rules.of(flows);
    if (rules === null) return [];
    const params = { uri: rules.toString(), side, query, from, limit: MOST_NAMES };
    return this.#server.request(choicesRequest, params, token);
  }
}

/** A Service by its name first, which outlives its addresses; then what the trace form offers. */
function itemsOf(choices: readonly Choice[], range: vscode.Range): readonly vscode.CompletionItem[] {
  const services = new Set(choices.filter(({ kind }) => kind === 'service').map(({ label }) => label));
  return [
    ...Array.from(services, (name) =>
      itemOf(name, vscode.l10n.t('the Service, whatever its addresses'), JSON.stringify(name), range),
    ),
    ...choices.flatMap(({ label, description, side, form }) => {
      const words = side === 'source' ? form.from : form.to;
      return words === undefined ? [] : [itemOf(label, description, JSON.stringify(words), range)];
    }),
  ];
}

function itemOf(label: string, meaning: string, insert: string, range: vscode.Range): vscode.CompletionItem {
  const item = new vscode.CompletionItem({
    label: visibleAtLength(label),
    description: visibleAtLength(meaning),
  });
  item.kind = vscode.CompletionItemKind.Value;
  item.range = range;
  item.insertText = insert;
  // VS Code compares with what stands in the range, quotes and all.
  item.filterText = `"${label} ${insert}`;
  return item;
}
