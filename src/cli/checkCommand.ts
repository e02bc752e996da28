import { type ClusterObjects, objectsOfFile } from '../kubeproxy/clusterObjects.ts';
import { glanceAt } from '../kubeproxy/glance/glance.ts';
import { nodeKeptWords } from '../kubeproxy/mode/words.ts';
import { jsonText } from '../text/json.ts';
import { finish } from '../values/steps.ts';
import { checkFiles } from './checkedFiles.ts';
import { checkJson } from './checkJson.ts';
import { checkText } from './checkText.ts';
import { defineCommand, misuse, refuse, type ExitCode, type Misuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { checkSpec } from './commands.ts';
import { checkEveryNode, type EveryNodeGiven } from './everyNode/checkEveryNode.ts';
import { choiceOf, liveNodeGiven, rulesGiven, valueOf, type RulesGiven } from './given.ts';
import { glanceText } from './glanceText.ts';
import { readGiven } from './readFile.ts';
import type { Rules } from './readRules.ts';
import { sarifLog } from './sarif.ts';
import { plain } from './terminal.ts';
import { cannotBeRead } from './unreadable.ts';
import { tellUnread, useRules } from './useRules.ts';

interface CheckGiven {
  readonly everyNode: EveryNodeGiven | null;
  readonly rules: RulesGiven;
  /** The file of the cluster's objects; null: those beside the rules. */
  readonly objects: string | null;
  readonly format: 'text' | 'json' | 'sarif';
}

/** `check RULES …` */
export const checkCommand = defineCommand({ spec: checkSpec, read: readWords, run: checkRules });

function readWords(words: Words): CheckGiven | Misuse {
  const objects = valueOf(words, 'objects');
  if (words.live && objects !== null) {
    return misuse('--objects and a live node exclude each other: the objects are those of its cluster.');
  }
  const format = choiceOf(words, 'format', ['text', 'json', 'sarif']);
  const resume = valueOf(words, 'resume');
  const isEvery = words.switches.has('all-nodes');
  if (!isEvery && resume !== null) return misuse('--resume goes on with a check of --all-nodes: give both.');
  const everyNode = isEvery ? { node: liveNodeGiven(words), format, resume } : null;
  return { everyNode, rules: rulesGiven(words), objects, format };
}

async function checkRules(given: CheckGiven, terminal: Terminal): Promise<ExitCode> {
  if (given.everyNode !== null) return checkEveryNode(given.everyNode, terminal);
  return useRules(given.rules, terminal, async (rules) => {
    const objects = await objectsOf(given.objects);
    return objects.kind === 'objects'
      ? check(rules, objects.objects, given.format, terminal)
      : refuse(terminal, objects.message);
  });
}

function check(
  rules: Rules,
  objects: ClusterObjects | null,
  format: CheckGiven['format'],
  terminal: Terminal,
): ExitCode {
  const analysis = objects === null ? rules.analysis : rules.analysis.withObjects(objects);
  tellUnread({ analysis }, terminal);
  const files = checkFiles(rules, analysis);
  const beside = nodeKeptWords(analysis.mode);
  if (format === 'json') terminal.output.line(jsonText(checkJson(files, beside)));
  else if (format === 'sarif') {
    beside.forEach((words) => terminal.complain(`Not checked: ${plain(words)}.`));
    terminal.output.line(jsonText(sarifLog(files), 2));
  } else {
    const found = files.flatMap(({ problems }) => problems.map(({ finding }) => finding));
    terminal.output.write(glanceText(finish(glanceAt(analysis, found, true)), terminal.style));
    terminal.output.write(checkText(files, beside, terminal.style));
  }
  const failed = files.some((file) => file.problems.some(({ finding }) => finding.severity === 'error'));
  return failed ? 1 : 0;
}

type ObjectsReading =
  /** Null where none were named: those beside the rules are used then, if there are any. */
  | { readonly kind: 'objects'; readonly objects: ClusterObjects | null }
  | { readonly kind: 'unreadable'; readonly message: string };

async function objectsOf(path: string | null): Promise<ObjectsReading> {
  if (path === null) return { kind: 'objects', objects: null };
  try {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readGiven(path));
    const objects = objectsOfFile(text);
    const isNothing = Object.values(objects.objects).every((each) => each.length === 0);
    const [problem] = objects.problems;
    return isNothing && problem !== undefined
      ? { kind: 'unreadable', message: `"${plain(path)}" cannot be read: ${plain(problem)}` }
      : { kind: 'objects', objects };
  } catch (error) {
    return { kind: 'unreadable', message: await cannotBeRead(path, error) };
  }
}
