/** The variables that VS Code sets on a webview's `html` element, without their `--vscode-`. */
export interface Theme {
  readonly name: string;
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}
