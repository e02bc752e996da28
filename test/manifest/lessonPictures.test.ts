/** The pictures of the lessons in the walkthrough are those of their last packets: `-u` draws them. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lessons } from '../../src/extension/lessons/lessons.ts';
import type { Step } from '../../src/extension/lessons/stories.ts';
import { snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { readForm } from '../../src/kubeproxy/form/flowForm.ts';
import { narrate } from '../../src/kubeproxy/narrative/narrate.ts';
import { nowhere } from '../../src/kubeproxy/narrative/onward.ts';
import { pictureOf } from '../../src/kubeproxy/picture/pictureOf.ts';
import { toSvg } from '../../src/kubeproxy/picture/toSvg.ts';
import { drawUpright } from '../../src/kubeproxy/picture/upright.ts';
import { emptyForm } from '../../src/protocol/requests.ts';

function drawn({ folder, from, to, protocol }: Step): string {
  const path = (name: string): string => `media/samples/${folder}/${name}`;
  const names = snapshotFileNames.filter((name) => existsSync(path(name)));
  const analysis = analysisOfFiles(new Map(names.map((name) => [name, readFileSync(path(name), 'utf8')])));
  const reading = readForm({ ...emptyForm, from, to, protocol: protocol ?? '' }, analysis);
  if (reading.kind === 'errors') throw new Error('no such packet');
  const { flow, fromNote } = reading;
  const answer = answerOf(analysis, flow, { decisions: [] });
  if (answer === null) throw new Error('no such rules');
  const narrative = narrate(answer, flow, analysis, []);
  const picture = pictureOf({ narrative, answer, flow, analysis, onward: nowhere }, fromNote);
  return toSvg(drawUpright(picture), picture.headline);
}

const ink = 'var(--vscode-foreground)';
const looks: Readonly<Record<string, string>> = {
  dim: 'var(--vscode-descriptionForeground)',
  changed: 'var(--vscode-textLink-foreground)',
  bad: 'var(--vscode-charts-red)',
  back: 'var(--vscode-charts-green)',
  stop: 'var(--vscode-charts-red)',
};
const dashes: Readonly<Record<string, string>> = { dim: '4 3', back: '6 3' };

/** A walkthrough lets no style sheet through: what `toSvg` says by classes stands at each element, in the theme's colours. */
function inTheme(svg: string): string {
  const [, size = ''] = /viewBox="([^"]*)"/u.exec(svg) ?? [];
  return svg
    .replace(/<style>.*?<\/style>\n/su, '')
    .replace(/<rect class="paper"[^>]*>\n/u, '')
    .replace(
      /<svg [^>]*>/u,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${size}" font-family="var(--vscode-font-family, sans-serif)" font-size="12">`,
    )
    .replaceAll(/<(\w+) class="([^"]*)"/gu, (_, tag: string, classes: string) => {
      const names = classes.split(' ');
      const colour = names.map((name) => looks[name]).find((each) => each !== undefined) ?? ink;
      const dash = names.map((name) => dashes[name]).find((each) => each !== undefined);
      if (tag === 'rect' || tag === 'polyline')
        return `<${tag} fill="none" stroke="${colour}"${dash === undefined ? '' : ` stroke-dasharray="${dash}"`}`;
      if (tag === 'circle' && names.includes('dim'))
        return `<${tag} fill="var(--vscode-editor-background)" stroke="${colour}"`;
      return `<${tag} fill="${colour}"${names.includes('strong') ? ' font-weight="600"' : ''}`;
    });
}

interface WalkthroughStep {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly svg: string };
  readonly completionEvents: readonly string[];
}
interface Manifest {
  readonly contributes: {
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly WalkthroughStep[] }[];
  };
}
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const texts: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.nls.json', 'utf8'));
const words = readFileSync('src/extension/lessons/lessonWords.ts', 'utf8');

describe.each(lessons)('$id', ({ id, steps }) => {
  it('has the picture of its last packet', async () => {
    await expect(inTheme(drawn(steps.at(-1) ?? steps[0]))).toMatchFileSnapshot(
      `../../media/walkthrough/lessons/${id}.svg`,
    );
  });

  it('is a step of the walkthrough of lessons, done when the lesson is', () => {
    const lessonsOf = manifest.contributes.walkthroughs.find((each) => each.id === 'lessons');
    const all: readonly WalkthroughStep[] = lessonsOf?.steps ?? [];
    const step = all.find((each) => each.id === id);
    expect(step?.completionEvents).toEqual([`onContext:kubeProxy.lesson.${id}`]);
    expect(step?.media.svg).toBe(`media/walkthrough/lessons/${id}.svg`);
    expect(words).toContain(`'${texts[(step?.title ?? '').replaceAll('%', '')] ?? '?'}'`);
    expect(texts[(step?.description ?? '').replaceAll('%', '')]).toContain(`?%5B%22lesson%3A${id}%22%5D)`);
  });
});
