/** What a language model of the editor asks, of open documents: the tools of `agents/`. */
import type { RequestName } from './requests.ts';

export interface AskToolParams {
  /** The rules that the user looks at, which are meant where the input names none; empty where there are none. */
  readonly uri: string;
  /** As the manifest calls it: `kubeProxy_trace`. */
  readonly tool: string;
  /** As the model wrote it: anything. */
  readonly input: unknown;
}

/** JSON for the model, or a sentence on what was wrong with the question. */
export interface ToolReply {
  readonly kind: 'answer' | 'wrong';
  readonly text: string;
}

export const askToolRequest: RequestName<AskToolParams, ToolReply> = { method: 'kubeProxy/askTool' };

/** Before the names of tools, which the manifest contributes. */
export const toolPrefix = 'kubeProxy_';
