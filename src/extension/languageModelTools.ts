/** The engine for language models: tools over the rules that are open. Nothing is read before one of them is asked for. */
import * as vscode from 'vscode';
import { askToolRequest, toolPrefix } from '../protocol/tools.ts';
import type { CurrentRules } from './documents/currentRules.ts';
import type { RulesServer } from './rulesServer.ts';

/** Each name is one of the manifest's `languageModelTools`. */
export function registerLanguageModelTools(
  { extension: { packageJSON } }: vscode.ExtensionContext,
  server: RulesServer,
  current: CurrentRules,
): readonly vscode.Disposable[] {
  return toolsOf(packageJSON).map((name) =>
    vscode.lm.registerTool<unknown>(name, {
      invoke: async ({ input }, token) => {
        const params = { uri: current.uri?.toString() ?? '', tool: name, input };
        const asked =
          current.uri === null
            ? server.ask(askToolRequest, params, token)
            : server.request(askToolRequest, params, token);
        const { kind, text } = await asked;
        if (kind === 'wrong') throw new Error(text);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      },
    }),
  );
}

function toolsOf(manifest: unknown): readonly string[] {
  const contributed: readonly { readonly name: string }[] = Object(manifest).contributes.languageModelTools;
  return contributed.map(({ name }) => name).filter((name) => name.startsWith(toolPrefix));
}
