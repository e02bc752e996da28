/** Every command of the manifest, and what answers it. */
import * as vscode from 'vscode';
import {
  convertListingCommand,
  type ConvertListingArgument,
  diagnoseServiceCommand,
  type DiagnoseServiceArgument,
  revealLocationCommand,
  showInTreeCommand,
  showReferencesCommand,
  tracePacketCommand,
  useLineFeedsCommand,
  type UseLineFeedsArgument,
  type RevealLocationArgument,
  type ShowInTreeArgument,
  type ShowReferencesArgument,
  type TracePacketArgument,
} from '../../protocol/commands.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { openSnapshot } from '../documents/snapshotFolder.ts';
import type { WhatIfCopies } from '../documents/whatIfCopies.ts';
import { guidedBy } from '../lessons/guides.ts';
import type { GuidedTraces } from '../lessons/guidedTraces.ts';
import type { ComparePanels } from '../panels/compare/comparePanels.ts';
import type { DiagnosePanels } from '../panels/diagnose/diagnosePanels.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { RulesElement } from '../views/rulesTree.ts';
import type { RulesView } from '../views/rulesView.ts';
import { allRows } from '../views/treeFilter.ts';
import { applyDiff } from './applyDiff.ts';
import { command } from './command.ts';
import { compareRules, compareWithSaved } from './compareRules.ts';
import { convertListing } from './convertListing.ts';
import { diagnoseService, serviceOfRow } from './diagnoseService.ts';
import { explorePasted } from './explorePasted.ts';
import { filterRows } from './filterRows.ts';
import { goToService } from './goToService.ts';
import { openDump } from './openDump.ts';
import { closeRulesFile } from './closeRulesFile.ts';
import { openLesson } from './openLesson.ts';
import { openSample, statesOf } from './openSample.ts';
import { revealLocation, type RevealOptions } from './revealLocation.ts';
import * as row from './rowCommands.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import type { TracePacket } from './tracePacket.ts';
import { traceWitness } from './traceWitness.ts';
import { whatIf } from './whatIf.ts';
import { whyNotThisRule } from './whyNot.ts';
import { useLineFeeds } from './useLineFeeds.ts';

/** What the commands act on. */
export interface CommandTargets {
  readonly server: RulesServer;
  readonly current: CurrentRules;
  readonly view: RulesView;
  readonly trace: TracePacket;
  readonly tracePanels: TracePanels;
  readonly diagnosePanels: DiagnosePanels;
  readonly comparePanels: ComparePanels;
  readonly copies: WhatIfCopies;
  readonly guided: GuidedTraces;
}

/** The registrations, for the extension's subscriptions. */
export function registerCommands({
  server,
  current,
  view,
  trace,
  tracePanels,
  diagnosePanels: panels,
  comparePanels,
  copies,
  guided,
}: CommandTargets): vscode.Disposable[] {
  /** For a row's command: the row of the menu, or the selected one. */
  const onRow = (id: string, run: (element: RulesElement) => Promise<void>): vscode.Disposable =>
    command(id, async (element?: RulesElement) => {
      const target = element ?? view.selected;
      if (target !== undefined) await run(target);
    });
  return [
    command(tracePacketCommand, (argument?: vscode.Uri | TracePacketArgument) => trace.run(argument)),
    command(diagnoseServiceCommand, (argument?: vscode.Uri | DiagnoseServiceArgument) =>
      diagnoseService({ server, current, panels }, argument),
    ),
    command('kubeProxy.trace.tracePacketToRule', () => traceWitness({ server, panels: tracePanels })),
    command('kubeProxy.trace.whyNotThisRule', () => whyNotThisRule({ server, panels: tracePanels })),
    onRow('kubeProxy.rules.diagnoseRow', async (element) => {
      const service = serviceOfRow(element);
      const uri = view.uri?.toString();
      if (service !== null && uri !== undefined)
        await diagnoseService({ server, current, panels }, { uri, service });
    }),
    command('kubeProxy.compare.compareRules', (uri?: vscode.Uri, selected?: vscode.Uri[]) =>
      compareRules({ current, panels: comparePanels }, uri, selected),
    ),
    command('kubeProxy.compare.compareWithSaved', (uri?: vscode.Uri) =>
      compareWithSaved({ current, panels: comparePanels }, uri),
    ),
    command('kubeProxy.compare.whatIf', (uri?: vscode.Uri) =>
      whatIf({ server, current, copies, tracePanels, comparePanels }, uri),
    ),
    ...learningCommands({ current, comparePanels, guided }),
    command('kubeProxy.rules.openDump', openDump),
    command('kubeProxy.clusters.openSnapshot', () => openSnapshot()),
    command('kubeProxy.rules.closeFile', () => closeRulesFile({ server, current })),
    command(convertListingCommand, (argument?: ConvertListingArgument) =>
      convertListing(server, current, argument),
    ),
    command('kubeProxy.rules.explorePasted', () => explorePasted(server, view)),
    command('kubeProxy.rules.applyDiff', () => applyDiff(current)),
    ...filterCommands(view),
    command('kubeProxy.rules.showByService', () => view.setOrder('service')),
    command('kubeProxy.rules.showByHook', () => view.setOrder('hook')),
    command('kubeProxy.rules.refresh', () => view.refresh()),
    command('kubeProxy.rules.pin', () => current.setPinned(true)),
    command('kubeProxy.rules.unpin', () => current.setPinned(false)),
    command('kubeProxy.rules.goToService', () => goToService(server, current)),
    command(showInTreeCommand, (argument: ShowInTreeArgument) => view.reveal(argument)),
    command(revealLocationCommand, (location: RevealLocationArgument, options?: RevealOptions) =>
      revealLocation(location, options),
    ),
    command(showReferencesCommand, (argument: ShowReferencesArgument) => row.showReferences(argument)),
    command(useLineFeedsCommand, (argument: UseLineFeedsArgument) => useLineFeeds(argument)),
    command('kubeProxy.rules.showMore', (more: RulesElement) => view.showMore(more)),
    onRow('kubeProxy.rules.tracePacketTo', (element) =>
      row.traceToRow(trace, view.uri?.toString() ?? '', element),
    ),
    onRow('kubeProxy.rules.tracePacketFrom', (element) =>
      row.traceFromRow(trace, view.uri?.toString() ?? '', element),
    ),
    onRow('kubeProxy.rules.revealRule', row.revealRule),
    onRow('kubeProxy.rules.copyAddress', row.copyAddress),
    onRow('kubeProxy.rules.copyChainName', row.copyChainName),
    onRow('kubeProxy.rules.explainChain', row.explainChain),
    onRow('kubeProxy.rules.findReferences', row.findReferences),
    command('kubeProxy.server.restart', () => server.restart()),
    command('kubeProxy.server.showLog', () => server.showLog()),
  ];
}

/** Which rows of the Rules view are shown. */
function filterCommands(view: RulesView): vscode.Disposable[] {
  return [
    command('kubeProxy.rules.filter', () => filterRows(view)),
    command('kubeProxy.rules.onlyProblems', () => view.filter({ ...view.wantedRows, onlyProblems: true })),
    command('kubeProxy.rules.clearFilter', () => view.filter(allRows)),
  ];
}

/** Questions and lessons. */
function learningCommands({
  current,
  comparePanels,
  guided,
}: Pick<CommandTargets, 'current' | 'comparePanels' | 'guided'>): vscode.Disposable[] {
  return [
    command('kubeProxy.samples.openSample', (folder?: string) =>
      openSample(folder, async (story) => {
        const question = guidedBy(story.id);
        if (story.before === undefined && question !== undefined) await guided.open(question);
        else await compareRules({ current, panels: comparePanels }, undefined, statesOf(story));
      }),
    ),
    command('kubeProxy.lessons.openLesson', (id?: string) => openLesson(guided, id)),
    command('kubeProxy.help.openWalkthrough', openWalkthrough),
  ];
}

async function openWalkthrough(): Promise<void> {
  const walkthrough = 'kube-proxy-explorer.kube-proxy-explorer#start';
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}
