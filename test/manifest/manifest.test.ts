import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const manifestText = readFileSync('package.json', 'utf8');
const texts: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.nls.json', 'utf8'));

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}
interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly { readonly command: string }[];
  };
}
const { activationEvents, contributes, icon }: Manifest = JSON.parse(manifestText);
const declared = contributes.commands.map(({ command }) => command);

/** `"%command.x%"` → `command.x` */
const placeholders = Array.from(manifestText.matchAll(/"%([\w.]+)%"/g), ([, key]) => key ?? '');

describe('the manifest', () => {
  it('has a text for every placeholder, and a placeholder for every text', () => {
    expect([...new Set(placeholders)].sort()).toEqual(Object.keys(texts).sort());
  });

  it.each(contributes.commands)(
    '$command is called kubeProxy.area.verbNoun and titled in Title Case',
    (command) => {
      expect(command.command).toMatch(/^kubeProxy\.[a-z]+\.[a-z][A-Za-z]+$/);
      expect(command.category).toBe('kube-proxy');
      const title = texts[command.title.replaceAll('%', '')] ?? '';
      const small = /^(a|an|as|the|by|in|to|of|or|from|with)$/;
      for (const word of title.split(' ')) expect(small.test(word) || /^[A-Z]/.test(word), title).toBe(true);
    },
  );

  it('names only commands that it declares', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(
      ({ command }) => command,
    );
    const linked = Array.from(
      Object.values(texts)
        .join('\n')
        .matchAll(/command:(kubeProxy\.\w+\.\w+)/g),
      ([, command]) => command ?? '',
    );
    const known = new Set([
      ...declared,
      'kubeProxy.rules.focus',
      'kubeProxy.clusters.focus',
      'kubeProxy.noClusters.focus',
      'kubeProxy.lessons.focus',
    ]);
    expect([...used, ...linked].filter((command) => !known.has(command))).toEqual([]);
  });

  it('keeps out of the palette what needs a row or a place', () => {
    const hidden = (contributes.menus['commandPalette'] ?? []).filter(({ when }) => when === 'false');
    expect(hidden.map(({ command }) => command)).toEqual(
      expect.arrayContaining(['kubeProxy.rules.copyAddress', 'kubeProxy.rules.revealLocation']),
    );
  });

  it('keeps out of the palette of a browser alone what needs a machine', () => {
    const palette = new Map(contributes.menus['commandPalette']?.map((item) => [item.command, item.when]));
    const live = declared.filter(
      (id) => /^kubeProxy\.(clusters?|explorer)\./.test(id) && id !== 'kubeProxy.clusters.openSnapshot',
    );
    expect(live.length).toBeGreaterThan(20);
    for (const id of [...live, 'kubeProxy.rules.openFile', 'kubeProxy.rules.openServiceYaml']) {
      expect(palette.get(id) ?? '', id).toMatch(
        /^false$|kubeProxy\.clusters\.anyOpen|(^|&& \()!isWeb \|\| remoteName\)?$/,
      );
    }
  });

  it('wakes the extension for every panel that a reload of the window brings back', () => {
    const panels = readdirSync('src/webview').filter((name) => existsSync(`src/webview/${name}/main.ts`));
    expect(panels).toContain('trace');
    expect(activationEvents).toEqual(
      expect.arrayContaining(panels.map((name) => `onWebviewPanel:kubeProxy.${name}`)),
    );
  });

  it('names only files that are there', () => {
    const files = Array.from(
      manifestText.matchAll(/"(?:\.\/)?((?:media|syntaxes)\/[^"*]+)"/g),
      ([, file]) => file ?? '',
    );
    expect(files).toContain(icon);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });
});

describe('the samples', () => {
  it.each(['kube-proxy-1.36', 'kube-proxy-1.23', 'nodeport-lab'])(
    '%s has rules, a node and a word about it',
    (name) => {
      for (const file of ['iptables-save.txt', 'ip-addr.json', 'ip-route.json', 'sysctl.txt', 'README.md']) {
        expect(existsSync(`media/samples/${name}/${file}`), file).toBe(true);
      }
    },
  );

  it('one is a listing, read with nothing left over', () => {
    const ruleset = parseRuleset(readFileSync('media/samples/listing/iptables-L.txt', 'utf8'));
    expect(ruleset.format).toBe('listing');
    expect(ruleset.lineProblems).toEqual([]);
    expect(existsSync('media/samples/listing/README.md')).toBe(true);
  });

  it.each([
    ['kube-proxy-1.36', '1.36.3'],
    ['kube-proxy-1.23', '1.23.4'],
  ])('%s holds the rules of kube-proxy %s byte for byte', (name, release) => {
    expect(readFileSync(`media/samples/${name}/iptables-save.txt`, 'utf8')).toBe(
      readFileSync(`test/dumps/${release}/iptables-save.txt`, 'utf8'),
    );
  });
});

it('gives translators every string of the extension', () => {
  const node = 'node_modules/node/bin/node';
  const { status, stderr } = spawnSync(
    existsSync(node) ? node : process.execPath,
    ['scripts/l10n.mjs', '--check'],
    {
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
