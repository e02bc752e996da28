import type { CancellationToken, Connection } from 'vscode-languageserver';
import type { AgentRules } from '../../agents/agentRules.ts';
import { findingJson, type FindingJson } from '../../agents/json/findingJson.ts';
import { editorFields, type ToolRunner, runTool } from '../../agents/runTool.ts';
import { allFindings } from '../../kubeproxy/findings/all.ts';
import { followedSources } from '../../kubeproxy/sources.ts';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import { askToolRequest, toolPrefix } from '../../protocol/tools.ts';
import { jsonText } from '../../text/json.ts';
import { answer } from '../answer.ts';
import { filesOf } from '../fileOf.ts';
import { answerInTurns } from '../inTurns.ts';
import { readAskToolParams } from '../params.ts';
import { rulesNamed } from '../rulesNamed.ts';
import type { Subject, Workspace } from '../workspace.ts';

/** Answers a language model of the editor about open documents. It opens none: what is live was opened by a person. */
export function handleTools(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  answer(connection, askToolRequest, readAskToolParams, async ({ uri, tool, input }, token) => {
    const host = hostOf(workspace, service, uri, token);
    const told = await runTool(tool.startsWith(toolPrefix) ? tool.slice(toolPrefix.length) : '', input, host);
    return told.kind === 'wrong'
      ? { kind: 'wrong', text: told.message }
      : { kind: 'answer', text: jsonText(told.data) };
  });
}

function hostOf(
  workspace: Workspace,
  service: IptablesLanguageService,
  shown: string,
  token: CancellationToken,
): ToolRunner {
  return {
    ...editorFields,
    withRules: async (input, which, use) => {
      const name = input.text(which);
      const uri = name === '' ? shown : openNamed(workspace, name);
      const subject = uri === null ? null : await workspace.subject(uri);
      return subject === null
        ? { kind: 'wrong', message: notOpen(workspace, name) }
        : use(rulesOf(workspace, service, subject, token));
    },
  };
}

/** By its address, or the end of it where one document alone has that: `node-1/iptables-save.txt`. */
function openNamed(workspace: Workspace, name: string): string | null {
  const open = [...workspace.documents].map(({ uri }) => uri);
  const named = open.filter((uri) => uri === name || rulesNamed(uri) === name);
  const [found, second] = named.length > 0 ? named : open.filter((uri) => uri.endsWith(`/${name}`));
  return second === undefined ? (found ?? null) : null;
}

function notOpen(workspace: Workspace, name: string): string {
  const open = [...workspace.documents].map(({ uri }) => uri);
  const which = name === '' ? 'No rules are shown.' : `No rules are open under the name "${name}".`;
  return open.length === 0
    ? `${which} Ask the user to open a dump, a snapshot or a live node.`
    : `${which} Open: ${open.slice(0, 20).join(', ')}.`;
}

function rulesOf(
  workspace: Workspace,
  service: IptablesLanguageService,
  subject: Subject,
  token: CancellationToken,
): AgentRules {
  const { analysis, document } = subject;
  const fileOf = filesOf(workspace, subject);
  const problems = async (): Promise<readonly FindingJson[]> => {
    const inText = await answerInTurns(service.findings(document), token);
    const ofNode = await answerInTurns(allFindings(analysis), token);
    return [...inText, ...ofNode].map((finding) =>
      findingJson(finding, finding.at === null ? null : fileOf(finding.at)),
    );
  };
  return {
    analysis,
    sources: followedSources(analysis.sources),
    fileOf,
    named: rulesNamed(document.uri),
    problems,
    run: (steps) => answerInTurns(steps, token),
    otherNode: () => Promise.resolve(null),
    notes: [],
  };
}
