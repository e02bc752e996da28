// Lint rules, among them the import rules of ARCHITECTURE.md: each folder of src/ may import what its row names.
import { readdirSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { defineConfig } from 'oxlint';

interface Room {
  /** Folders of src/ it may import from, besides itself. */
  readonly may: readonly string[];
  /** Packages it may import; `types:` in front means `import type` only. */
  readonly packages: readonly string[];
  /** Whether it runs only in Node. */
  readonly node: boolean;
  /** What to do instead of a forbidden import. */
  readonly instead: string;
}

const pureHint =
  'this folder runs unchanged in Node, a web worker and a test: take what you need as a parameter';

/** Text → tree; languages do not know each other. */
const ruleLanguage: Room = {
  may: ['text', 'values'],
  packages: ['ipaddr.js'],
  node: false,
  instead: `${pureHint}; what several rule languages share belongs in values/`,
};

/** A rule language compiled into calls at the kernel's hooks. */
function machineOf(rules: string): Room {
  return {
    may: ['text', 'values', rules, 'kernel'],
    packages: ['ipaddr.js'],
    node: false,
    instead: `${pureHint}; what several machines share belongs in kernel/`,
  };
}

const rooms: Readonly<Record<string, Room>> = {
  text: { may: [], packages: [], node: false, instead: 'text/ imports nothing' },
  values: { may: ['text'], packages: ['ipaddr.js'], node: false, instead: pureHint },
  'rules/iptables': ruleLanguage,
  'rules/nftables': { ...ruleLanguage, packages: [...ruleLanguage.packages, 'jsonc-parser'] },
  'rules/ipvs': ruleLanguage,
  kernel: {
    may: ['text', 'values'],
    packages: ['ipaddr.js'],
    node: false,
    instead: `${pureHint}; a rule language takes part as calls at hooks (kernel/hookCall.ts)`,
  },
  'machines/iptables': machineOf('rules/iptables'),
  'machines/nftables': machineOf('rules/nftables'),
  'machines/ipvs': machineOf('rules/ipvs'),
  kubernetes: { may: ['text'], packages: ['js-yaml'], node: false, instead: pureHint },
  kubeproxy: {
    may: [
      'text',
      'values',
      'rules/iptables',
      'rules/nftables',
      'rules/ipvs',
      'kernel',
      'machines/iptables',
      'machines/nftables',
      'machines/ipvs',
      'kubernetes',
    ],
    packages: ['@noble/hashes', 'diff', 'ipaddr.js'],
    node: false,
    instead: pureHint,
  },
  language: {
    may: [
      'text',
      'values',
      'rules/iptables',
      'rules/nftables',
      'rules/ipvs',
      'kernel',
      'machines/iptables',
      'kubernetes',
      'kubeproxy',
    ],
    packages: ['jsonc-parser', 'vscode-languageserver-types'],
    node: false,
    instead: `${pureHint}; protocol and connection belong in server/`,
  },
  agents: {
    may: ['text', 'values', 'rules/iptables', 'kernel', 'kubeproxy'],
    packages: [],
    node: false,
    instead: `${pureHint}; who has files or documents gives them as AgentRules`,
  },
  protocol: {
    may: ['types:kernel', 'types:kubernetes', 'types:kubeproxy'],
    packages: [],
    node: false,
    instead: 'protocol/ holds types (`import type`) and one small helper',
  },
  server: {
    may: [
      'text',
      'values',
      'rules/iptables',
      'kernel',
      'machines/iptables',
      'kubernetes',
      'kubeproxy',
      'language',
      'agents',
      'protocol',
    ],
    packages: ['vscode-languageserver', 'vscode-languageserver-textdocument', 'vscode-languageserver-types'],
    node: false,
    instead:
      'the server knows LSP, not VS Code: send a request of src/protocol/ to the client; what needs Node is a file X.node.ts',
  },
  cluster: {
    may: ['text', 'rules/nftables', 'kubernetes'],
    packages: [],
    node: true,
    instead: 'cluster/ talks to Kubernetes only: the extension joins it with the rest',
  },
  extension: {
    may: ['protocol', 'cluster', 'text', 'types:kubernetes'],
    packages: ['vscode', 'vscode-languageclient'],
    node: false,
    instead:
      'the extension is thin, and runs in a browser too: ask the server with a request of src/protocol/; what needs Node is a file X.node.ts, or in clusters/',
  },
  webview: {
    may: ['protocol', 'text', 'types:kubeproxy', 'types:kernel'],
    packages: ['lit'],
    node: false,
    instead: "a panel knows only messages: add one to the panel's contract in src/protocol/",
  },
  cli: {
    may: [
      'text',
      'values',
      'rules/iptables',
      'kernel',
      'machines/iptables',
      'kubernetes',
      'kubeproxy',
      'language',
      'agents',
      'protocol',
      'server',
      'cluster',
    ],
    packages: [],
    node: true,
    instead: 'the command line has no editor: move what both need to a folder below',
  },
};

/** What of these folders runs in Node alone; all else runs in a browser's worker too. */
const nodeParts: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['server', ['src/server/**/*.node.ts']],
  ['extension', ['src/extension/**/*.node.ts', 'src/extension/clusters/**']],
];

function inNode(name: string): Room {
  const room = rooms[name];
  if (room === undefined) throw new Error(`There is no folder ${name}.`);
  return { ...room, node: true };
}

/** The only part of cluster/ that knows the Kubernetes client, and the libraries that it brings along. */
const adapters: Room = {
  may: ['text', 'kubernetes'],
  packages: ['@kubernetes/client-node', 'hpagent', 'js-yaml', 'ws'],
  node: true,
  instead: 'adapters/ talks to the API server, the rest of cluster/ to its interfaces',
};

/** The only part of cli/ that knows the SDK of the Model Context Protocol. */
const mcp: Room = {
  may: ['text', 'values', 'agents', 'cluster'],
  packages: ['@modelcontextprotocol/sdk'],
  node: true,
  instead: 'mcp/ speaks the protocol; what a tool does is in agents/',
};

/** Each a folder of src/webview/ and of src/extension/panels/, beside `shared/`, which holds what every panel has. */
const panels = ['compare', 'diagnose', 'trace'];

const panelFolders = [
  { name: 'webview', path: 'src/webview' },
  { name: 'extension', path: 'src/extension/panels' },
];

/** What stands in kubeproxy/: `tree`, `rulesets`. */
const kubeproxyParts = readdirSync(join(import.meta.dirname, 'src/kubeproxy')).map(
  (each) => parse(each).name,
);

/** A room inside of kubeproxy/: of src/ it may import what `may` names, of kubeproxy/ what `inside` names, besides itself. */
interface InnerRoom extends Room {
  readonly inside: readonly string[];
}

/** A mode of kube-proxy: the rules of some languages read as evidence of Services. */
function modeOf(...languages: readonly string[]): InnerRoom {
  return {
    may: ['text', 'values', 'kernel', 'types:kubernetes', 'kubeproxy', ...languages],
    inside: ['references', 'rulesets', 'services', 'sources', 'nftSource', 'ipvsSource', 'words'],
    packages: ['@noble/hashes'],
    node: false,
    instead: 'a mode gives evidence (services/evidence.ts) and knows no other mode; who shows it comes to it',
  };
}

const innerRooms: Readonly<Record<string, InnerRoom>> = {
  services: {
    may: ['text', 'values', 'kubernetes', 'types:kernel'],
    inside: [],
    packages: [],
    node: false,
    instead:
      'services/ knows no rule language: what it needs of rules, a mode gives as evidence (evidence.ts)',
  },
  'modes/iptables': modeOf('rules/iptables'),
  'modes/nftables': modeOf('rules/nftables'),
  'modes/ipvs': modeOf('rules/iptables', 'rules/ipvs'),
};

/** `../tree/rows.ts`, `../rulesets.ts`; from modes/nftables also `../iptables/hashes.ts` and `../nodeModes.ts`. */
function innerImport(name: string, { inside }: InnerRoom): string {
  const parts = kubeproxyParts.filter((each) => each !== name && !inside.includes(each));
  const modes = Object.keys(innerRooms).filter((each) => each !== name && each.startsWith('modes/'));
  const siblings = name.startsWith('modes/') ? ['nodeModes', ...modes.map((each) => basename(each))] : [];
  return `^(\\.\\./)+(${[...parts, ...siblings].join('|')})(/|\\.ts$)`;
}

/** What loads the Kubernetes client; `await import('../cluster/main.ts')` keeps it in a bundle of its own. */
const clusterBundle = [
  { regex: '^(\\.\\./)+cluster/main\\.ts$', importNames: ['openSession', 'readContexts'] },
  { regex: '^(\\.\\./)+cluster/(adapters/|liveSession\\.ts)' },
].map((what) => ({
  ...what,
  allowTypeImports: true,
  message:
    'This would load the Kubernetes client at once: use `await import(…/cluster/main.ts)` when it is needed.',
}));

/** `../kernel/flow.ts`, `../../rules/iptables/nodes.ts`; from rules/nftables also `../iptables/nodes.ts`. */
function folderImport(room: string, folders: readonly string[]): string {
  const inside = room.includes('/') ? `${dirname(room)}/` : null;
  const siblings = folders.flatMap((each) =>
    inside !== null && each.startsWith(inside) ? [each.slice(inside.length)] : [],
  );
  return `^(\\.\\./)+(${[...folders, ...siblings].join('|')})(/|$)`;
}

/** Every bare name but those the room may use: `vscode`, `node:fs`. Later patterns win, as in a .gitignore. */
function otherPackages(room: Room): string[] {
  const packages = room.packages.flatMap((each) => [`!${each}`, `!${each}/**`]);
  return ['*', '!.*', '!./**', '!../**', ...(room.node ? ['!node:*', '!node:*/**'] : []), ...packages];
}

/** `shared/` knows no panel, and no panel another. */
function panelOverrides(name: string, path: string) {
  return ['shared', ...panels].flatMap((folder) => {
    const others = panels.filter((panel) => panel !== folder);
    const room = rooms[name];
    if (room === undefined || others.length === 0) return [];
    const wall = {
      regex: folderImport(name, others),
      message: `${path}/${folder}/ may not import the folder of a panel: take what you need as a parameter or a property, or move what several panels need to ${path}/shared/.`,
    };
    return {
      files: [`${path}/${folder}/**`],
      rules: {
        'typescript/no-restricted-imports': ['error', { patterns: [wall, ...bansFor(name, room)] }] as const,
      },
    };
  });
}

function bansFor(name: string, room: Room) {
  const allowed = room.may.map((each) => each.replace('types:', ''));
  const typesOnly = room.may
    .filter((each) => each.startsWith('types:'))
    .map((each) => each.replace('types:', ''));
  const forbidden = Object.keys(rooms).filter((other) => other !== name && !allowed.includes(other));
  const folders = {
    regex: folderImport(name, forbidden),
    message: `src/${name}/ may not import this folder: ${room.instead}.`,
  };
  const packages = {
    group: otherPackages(room),
    message: `src/${name}/ may not import this package: ${room.instead}.`,
  };
  const bundle = room.may.includes('cluster') ? clusterBundle : [];
  if (typesOnly.length === 0) return [folders, ...bundle, packages];
  const types = {
    regex: folderImport(name, typesOnly),
    allowTypeImports: true,
    message: `src/${name}/ may import only types from here: ${room.instead}.`,
  };
  return [folders, types, ...bundle, packages];
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['dist', 'out', 'node_modules', '.cache'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/ban-ts-comment': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    'no-empty': ['error', { allowEmptyCatch: false }],
    // Sorting and reversing a fresh array in place is clear; a copy on top is not.
    // Scripts and tests await in a row on purpose: one suite, page or packet after the other.
    'no-await-in-loop': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
  },
  overrides: [
    ...Object.entries(rooms).map(([name, room]) => ({
      files: [`src/${name}/**`],
      rules: { 'typescript/no-restricted-imports': ['error', { patterns: bansFor(name, room) }] as const },
    })),
    {
      files: nodeParts.map(([name]) => `src/${name}/**`),
      rules: {
        'no-restricted-globals': [
          'error',
          ...['Buffer', 'process', '__dirname', '__filename', 'setImmediate'].map((name) => ({
            name,
            message: 'This runs in a browser too: what needs Node is a file X.node.ts, or in clusters/.',
          })),
        ] as const,
      },
    },
    ...nodeParts.map(([name, files]) => ({
      files: [...files],
      rules: {
        'no-restricted-globals': 'off' as const,
        'typescript/no-restricted-imports': ['error', { patterns: bansFor(name, inNode(name)) }] as const,
      },
    })),
    {
      files: ['src/cluster/adapters/**'],
      rules: {
        'typescript/no-restricted-imports': ['error', { patterns: bansFor('cluster', adapters) }] as const,
      },
    },
    {
      files: ['src/cli/mcp/**'],
      rules: { 'typescript/no-restricted-imports': ['error', { patterns: bansFor('cli', mcp) }] as const },
    },
    ...panelFolders.flatMap(({ name, path }) => panelOverrides(name, path)),
    ...Object.entries(innerRooms).map(([name, room]) => {
      const way = {
        regex: innerImport(name, room),
        message: `src/kubeproxy/${name}/ may not import this: ${room.instead}.`,
      };
      return {
        files: [`src/kubeproxy/${name}/**`],
        rules: {
          'typescript/no-restricted-imports': [
            'error',
            { patterns: [way, ...bansFor(`kubeproxy/${name}`, room)] },
          ] as const,
        },
      };
    }),
    // A webview's channel has one other end: its postMessage takes no origin.
    {
      files: ['src/extension/**', 'src/webview/**'],
      rules: { 'unicorn/require-post-message-target-origin': 'off' },
    },
    { files: ['*.config.mts'], rules: { 'import/no-default-export': 'off' } },
    { files: ['test/**', 'bench/**'], rules: { 'max-lines-per-function': 'off' } },
  ],
});
