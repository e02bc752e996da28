/** What a user has set for the server, read from what the client sends: anything odd is as if it were not set. */
import { type Connection, DidChangeConfigurationNotification } from 'vscode-languageserver';
import { type FindingCode, findingCodes } from '../kubeproxy/findings/table.ts';
import type { InlayHintSettings } from '../language/inlayHints.ts';
import { type ProblemLevel, type ProblemLevels, problemLevels } from '../language/problemLevels.ts';

export interface Settings {
  /** How grave findings of a code are shown; a code that is not there as it is. */
  readonly levels: ProblemLevels;
  readonly hints: InlayHintSettings;
  readonly lenses: boolean;
}

const defaultSettings: Settings = {
  levels: new Map(),
  hints: { shares: true, names: true, marks: true },
  lenses: true,
};

/** The settings below `kubeProxy`, as the client has them. */
export function readSettings(value: unknown): Settings {
  const given = fields(value);
  const hints = fields(given['inlayHints']);
  return {
    levels: readLevels(fields(fields(given['problems'])['levels'])),
    hints: { shares: isOn(hints['shares']), names: isOn(hints['names']), marks: isOn(hints['marks']) },
    lenses: isOn(fields(given['codeLens'])['enabled']),
  };
}

function isOn(setting: unknown): boolean {
  return setting !== false;
}

function readLevels(given: Readonly<Record<string, unknown>>): ProblemLevels {
  const levels = new Map<FindingCode, ProblemLevel>();
  for (const code of findingCodes) {
    const level = problemLevels.find((each) => each === given[code]);
    if (level !== undefined) levels.set(code, level);
  }
  return levels;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The settings of one client, as they were read last. */
export class SettingsOf {
  current: Settings = defaultSettings;
}

/** Reads the settings when the client is ready and whenever it says that they changed; a client that has none keeps the defaults. */
export function followSettings(
  connection: Connection,
  settings: SettingsOf,
  client: { readonly settings: boolean },
  changed: () => void,
): void {
  const read = async (): Promise<void> => {
    if (!client.settings) return;
    settings.current = readSettings(await connection.workspace.getConfiguration('kubeProxy'));
    changed();
  };
  const report = (error: unknown): void =>
    connection.console.error(`The settings cannot be read: ${String(error)}`);
  connection.onInitialized(() => {
    if (!client.settings) return;
    connection.client
      .register(DidChangeConfigurationNotification.type, { section: 'kubeProxy' })
      .catch(report);
    read().catch(report);
  });
  connection.onDidChangeConfiguration(() => void read().catch(report));
}
