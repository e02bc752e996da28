import { usage, type CommandSpec } from './commandLine.ts';
import { liveOptions, ownCommand } from './liveOptions.ts';
import type { OptionSpec } from './optionSpec.ts';
import { pad, paint, widest, wrap, type Style } from './terminal.ts';

const PROSE_WIDTH = 100;

/** `kube-proxy-explorer --help` */
export function programHelp(specs: readonly CommandSpec[], style: Style): string {
  const width = Math.min(style.width, PROSE_WIDTH);
  return [
    ...wrap(
      "Reads kube-proxy's rules (iptables, nftables, IPVS), explains them, and traces packets through them as the kernel would.",
      width,
    ),
    '',
    `  kube-proxy-explorer COMMAND RULES [options]`,
    '',
    heading(style, 'Commands'),
    ...table(
      specs.map(({ name, summary }) => [name, summary] as const),
      width,
      style,
    ),
    '',
    heading(style, 'Start here'),
    '  sudo iptables-save > iptables-save.txt',
    '  kube-proxy-explorer tree iptables-save.txt --by service',
    '  kube-proxy-explorer trace iptables-save.txt --from pod:10.244.1.7 --to default/web:http',
    '',
    heading(style, 'With a cluster'),
    '  kube-proxy-explorer trace --context dev --node node-1 --from pod:10.244.1.7 --to default/web:http',
    '  kube-proxy-explorer snapshot --context dev --node node-1 node-1/',
    '',
    '"kube-proxy-explorer COMMAND --help" tells more of each, with examples.',
    '',
  ].join('\n');
}

/** `kube-proxy-explorer trace --help` */
export function commandHelp(spec: CommandSpec, style: Style): string {
  const width = Math.min(style.width, PROSE_WIDTH);
  return [
    usage(spec),
    '',
    ...spec.description.flatMap((paragraph) => [...wrap(paragraph, width), '']),
    heading(style, 'Options'),
    ...table([...spec.options.map(optionRow), ['--help', 'this text'] as const], width, style),
    '',
    ...liveHelp(spec, width, style),
    heading(style, 'Examples'),
    ...spec.examples.flatMap(({ command, says }) => [
      `  ${paint(style, 'dim', `# ${says}`)}`,
      `  ${withProgram(command)}`,
    ]),
    '',
    heading(style, 'Exit code'),
    ...spec.exitCodes.map((each) => `  ${each}`),
    ...(spec.node === 'never' ? [] : ['  130, 143  a live node was asked, and Ctrl+C or a signal ended it']),
    '',
  ].join('\n');
}

function liveHelp({ node }: CommandSpec, width: number, style: Style): readonly string[] {
  if (node === 'never') return [];
  return [
    heading(style, node === 'always' ? 'The node' : 'A live node, in place of RULES'),
    ...table([...liveOptions.map(optionRow), [ownCommand.name, ownCommand.help] as const], width, style),
    '',
  ];
}

function optionRow({ name, value, help }: OptionSpec): readonly [string, string] {
  return [`--${name}${value === null ? '' : ` ${value}`}`, help];
}

function withProgram(command: string): string {
  return command.includes('kube-proxy-explorer') ? command : `kube-proxy-explorer ${command}`;
}

function heading(style: Style, text: string): string {
  return paint(style, 'bold', text);
}

function table(rows: readonly (readonly [string, string])[], width: number, style: Style): string[] {
  const first = widest(rows.map(([name]) => name)) + 2;
  return rows.flatMap(([name, help]) => {
    const lines = wrap(help, Math.max(20, width - first - 2));
    return lines.map(
      (line, index) => `  ${index === 0 ? paint(style, 'cyan', pad(name, first)) : ' '.repeat(first)}${line}`,
    );
  });
}
