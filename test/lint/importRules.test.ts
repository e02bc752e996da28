import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

cpSync(join(project, 'oxlint.config.mts'), join(folder, 'oxlint.config.mts'));
symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
// The rules of rooms inside of kubeproxy/ are made of the names that stand there.
const kubeproxyParts = readdirSync(join(project, 'src/kubeproxy'));
for (const part of kubeproxyParts) mkdirSync(join(folder, 'src/kubeproxy', part), { recursive: true });

/** What lint says of one file with this import in it. */
function lint(file: string, line: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${line}\nexport const used = [it];\n`);
  const oxlint = join(project, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const run = spawnSync(
    process.execPath,
    [oxlint, '--disable-nested-config', '--config', 'oxlint.config.mts', file],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return run.stdout + run.stderr;
}

/** The panels on both sides: `['src/webview', 'trace']`. */
function panelFolders(): readonly (readonly [string, string])[] {
  return ['src/webview', 'src/extension/panels'].flatMap((path) =>
    readdirSync(join(project, path))
      .filter((name) => name !== 'shared')
      .map((name) => [path, name] as const),
  );
}

describe('the import rules', () => {
  it.each([
    ['src/text/a.ts', "import { it } from '../rules/iptables/nodes.ts';", 'text/ imports nothing'],
    ['src/text/a.ts', "import it from 'node:fs';", 'text/ imports nothing'],
    [
      'src/rules/iptables/values/a.ts',
      "import { it } from '../../../kernel/flow.ts';",
      'may not import this folder',
    ],
    [
      'src/machines/iptables/matches/a.ts',
      "import { it } from '../../../kubeproxy/tree/tree.ts';",
      'may not import this folder',
    ],
    ['src/kernel/a.ts', "import { it } from 'node:crypto';", 'take what you need as a parameter'],
    [
      'src/kernel/nat/a.ts',
      "import type { it } from '../../machines/iptables/walk.ts';",
      'takes part as calls at hooks',
    ],
    [
      'src/kernel/a.ts',
      "import type { it } from '../rules/iptables/nodes.ts';",
      'takes part as calls at hooks',
    ],
    ['src/rules/nftables/a.ts', "import type { it } from '../iptables/nodes.ts';", 'belongs in values/'],
    [
      'src/rules/nftables/parsing/a.ts',
      "import { it } from '../../iptables/nodes.ts';",
      'belongs in values/',
    ],
    ['src/machines/nftables/a.ts', "import { it } from '../iptables/walk.ts';", 'belongs in kernel/'],
    [
      'src/machines/nftables/a.ts',
      "import { it } from '../../rules/iptables/nodes.ts';",
      'belongs in kernel/',
    ],
    [
      'src/kubeproxy/services/a.ts',
      "import type { it } from '../../rules/iptables/nodes.ts';",
      'knows no rule language',
    ],
    ['src/kubeproxy/services/a.ts', "import { it } from '../modes/iptables/roles.ts';", 'as evidence'],
    ['src/kubeproxy/services/a.ts', "import { it } from '../rulesets.ts';", 'as evidence'],
    [
      'src/kubeproxy/services/a.ts',
      "import { it } from '../../kernel/protocols.ts';",
      'may import only types',
    ],
    [
      'src/kubeproxy/modes/iptables/a.ts',
      "import { it } from '../../tree/rows.ts';",
      'who shows it comes to it',
    ],
    [
      'src/kubeproxy/modes/iptables/a.ts',
      "import { it } from '../../../machines/iptables/walk.ts';",
      'gives evidence',
    ],
    [
      'src/kubeproxy/modes/nftables/a.ts',
      "import { it } from '../iptables/hashes.ts';",
      'knows no other mode',
    ],
    ['src/language/a.ts', "import { it } from 'vscode';", 'may not import this package'],
    ['src/language/a.ts', "import { it } from 'vscode-languageserver/node';", 'may not import this package'],
    ['src/protocol/a.ts', "import { it } from '../kernel/engine.ts';", 'may import only types'],
    ['src/server/a.ts', "import { it } from 'vscode';", 'the server knows LSP'],
    ['src/server/handlers/a.ts', "import { it } from 'node:fs';", 'what needs Node is a file X.node.ts'],
    ['src/extension/views/a.ts', "import { it } from 'node:path';", 'runs in a browser too'],
    ['src/cluster/a.ts', "import { it } from '../kernel/flow.ts';", 'may not import this folder'],
    [
      'src/cluster/session/a.ts',
      "import { it } from '@kubernetes/client-node';",
      'may not import this package',
    ],
    ['src/cluster/a.ts', "import { it } from 'ws';", 'may not import this package'],
    ['src/cluster/adapters/a.ts', "import { it } from '../../kernel/flow.ts';", 'may not import this folder'],
    [
      'src/extension/clusters/a.ts',
      "import { openSession as it } from '../../cluster/main.ts';",
      'load the Kubernetes client at once',
    ],
    [
      'src/cli/live/a.ts',
      "import { it } from '../../cluster/adapters/a.ts';",
      'load the Kubernetes client at once',
    ],
    ['src/extension/views/a.ts', "import { it } from '../../rules/iptables/parser.ts';", 'ask the server'],
    ['src/webview/a.ts', "import { it } from '../language/hover.ts';", 'a panel knows only messages'],
    ['src/webview/trace/a.ts', "import { it } from '../../kubeproxy/tree/tree.ts';", 'may import only types'],
    [
      'src/webview/shared/a.ts',
      "import { it } from '../../language/hover.ts';",
      'a panel knows only messages',
    ],
    [
      'src/extension/panels/shared/a.ts',
      "import { it } from '../../../rules/iptables/parser.ts';",
      'ask the server',
    ],
    [
      'src/webview/shared/lists/a.ts',
      "import { it } from '../../trace/strings.ts';",
      'move what several panels need to src/webview/shared/',
    ],
    ['src/cli/a.ts', "import { it } from 'vscode';", 'the command line has no editor'],
  ])('%s may not have %s', (file, line, message) => {
    expect(lint(file, line)).toContain(message);
  });

  it('keep what Node alone has out of what runs in a browser', () => {
    const line = "import { it } from 'vscode';\nexport const bytes = Buffer.from('');";
    expect(lint('src/extension/views/b.ts', line)).toContain('This runs in a browser too');
    expect(lint('src/extension/views/b.node.ts', line)).not.toContain('This runs in a browser too');
  });

  // Where this fails for a new panel, the list of panels in oxlint.config.mts lacks it.
  it.each(panelFolders())('%s/shared may not import the panel %s', (path, panel) => {
    const said = lint(`${path}/shared/a.ts`, `import { it } from '../${panel}/a.ts';`);
    expect(said).toContain(`move what several panels need to ${path}/shared/`);
  });

  it('keep all of kubeproxy/ out of its services/', () => {
    const parts = kubeproxyParts.filter((part) => part !== 'services');
    const lines = parts.map((part, index) => {
      const file = part.endsWith('.ts') ? part : `${part}/a.ts`;
      return `import type { it${index} } from '../${file}';`;
    });
    const said = lint('src/kubeproxy/services/all.ts', [...lines, "import { it } from './a.ts';"].join('\n'));
    expect(said.match(/may not import this/g)).toHaveLength(parts.length);
  });

  it.each([
    ['src/rules/iptables/a.ts', "import { it } from '../../text/span.ts';"],
    ['src/rules/iptables/parsing/a.ts', "import { it } from '../catalogue/definitions.ts';"],
    ['src/machines/iptables/matches/a.ts', "import { it } from '../../../kernel/flow.ts';"],
    ['src/machines/iptables/matches/a.ts', "import { it } from '../program/ladder.ts';"],
    ['src/webview/trace/a.ts', "import { it } from '../shared/host.ts';"],
    ['src/webview/trace/a.ts', "import { it } from '../../text/groupBy.ts';"],
    ['src/extension/panels/trace/a.ts', "import { it } from '../shared/panel.ts';"],
    ['src/kubeproxy/services/a.ts', "import type { it } from '../../kernel/ruleAt.ts';"],
    ['src/kubeproxy/services/a.ts', "import { it } from './frontend.ts';"],
    ['src/kubeproxy/modes/iptables/a.ts', "import { it } from '../../services/portName.ts';"],
    ['src/kubeproxy/modes/iptables/a.ts', "import { it } from '../../rulesets.ts';"],
    ['src/kubeproxy/tree/a.ts', "import { it } from '../modes/iptables/roles.ts';"],
    ['src/protocol/a.ts', "import type { it } from '../kernel/flow.ts';"],
    ['src/server/a.ts', "import { it } from 'vscode-languageserver/node';"],
    ['src/extension/views/a.ts', "import { it } from 'vscode';"],
    ['src/extension/views/a.node.ts', "import { it } from 'node:path';"],
    ['src/extension/clusters/a.ts', "import { it } from 'node:path';"],
    ['src/server/a.node.ts', "import { it } from 'node:fs';"],
    ['src/cluster/adapters/a.ts', "import { it } from '@kubernetes/client-node/dist/config.js';"],
    ['src/extension/clusters/a.ts', "import type { it } from '../../cluster/main.ts';"],
    ['src/cli/live/a.ts', "const { it } = await import('../../cluster/main.ts');"],
  ])('%s may have %s', (file, line) => {
    expect(lint(file, line)).not.toContain('no-restricted-imports');
  });
});
