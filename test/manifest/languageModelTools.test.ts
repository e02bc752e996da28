/** What the manifest tells language models is what the tools are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { editorFields } from '../../src/agents/runTool.ts';
import { inputSchema, toolTable } from '../../src/agents/toolTable.ts';
import { toolPrefix } from '../../src/protocol/tools.ts';

interface Manifest {
  readonly contributes: {
    readonly languageModelTools: readonly object[];
    readonly mcpServerDefinitionProviders: readonly { readonly id: string }[];
  };
}
const { contributes }: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));

it('contributes every tool of the table, with its schema', () => {
  expect(contributes.languageModelTools).toEqual(
    toolTable.map((spec) => ({
      name: toolPrefix + spec.name,
      toolReferenceName: `kube-proxy-${spec.name.replaceAll('_', '-')}`,
      displayName: spec.title,
      modelDescription: spec.description,
      userDescription: spec.summary,
      canBeReferencedInPrompt: true,
      tags: ['kubernetes', 'kube-proxy', 'iptables'],
      inputSchema: inputSchema(spec, editorFields),
    })),
  );
});

it('contributes the server that the extension registers', () => {
  const source = readFileSync('src/extension/mcpServer.node.ts', 'utf8');
  for (const { id } of contributes.mcpServerDefinitionProviders) expect(source).toContain(`'${id}'`);
});
