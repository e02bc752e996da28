/** What README says of rights and settings is what there is. */
import { readFileSync } from 'node:fs';
import { loadAllYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import words from '../../package.nls.json';
import { readCommandLine } from '../../src/cli/commandLine.ts';
import { checkSpec } from '../../src/cli/commands.ts';
import { isRecord } from '../../src/text/json.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const liveClusters = readFileSync(new URL('../../docs/live-clusters.md', import.meta.url), 'utf8');
const rights = readFileSync(new URL('../../docs/rbac.yaml', import.meta.url), 'utf8');

/** Every verb on every resource that a YAML of roles gives. */
function verbsOf(yaml: string): readonly string[] {
  return loadAllYaml(yaml)
    .filter(isRecord)
    .flatMap(({ rules }) => (Array.isArray(rules) ? rules.filter(isRecord) : []))
    .flatMap(({ resources, verbs }) =>
      Array.isArray(resources) && Array.isArray(verbs)
        ? resources.flatMap((resource) => verbs.map((verb) => `${String(verb)} ${String(resource)}`))
        : [],
    );
}

describe('the least rights', () => {
  it('stand in docs/live-clusters.md as in the file', () => {
    const [, shown] = /<!-- docs\/rbac\.yaml[^\n]*-->\n```yaml\n(.*?)```\n/s.exec(liveClusters) ?? [];
    expect(shown).toBe(rights);
  });

  it('hold nothing that changes a cluster but what an exec asks for', () => {
    expect(verbsOf(rights).filter((right) => !/^(get|list|watch) /.test(right))).toEqual([
      'create pods/exec',
    ]);
  });
});

it('the Job says words that the command line takes', () => {
  const job = loadAllYaml(readFileSync(new URL('../../docs/in-cluster.yaml', import.meta.url), 'utf8'))
    .filter(isRecord)
    .find(({ kind }) => kind === 'Job');
  const [, args = ''] = /"args":(\[[^\]]*\])/.exec(JSON.stringify(job)) ?? [];
  const [command, ...rest]: string[] = JSON.parse(args);
  expect(command).toBe('check');
  expect(readCommandLine(checkSpec, rest)).toMatchObject({ kind: 'run', words: { live: true } });
});

describe('README and docs/live-clusters.md', () => {
  it('names every setting of clusters, and no other', () => {
    const named = [...`${readme}${liveClusters}`.matchAll(/`(kubeProxy\.[\w.]+)`/g)].map(([, name]) => name);
    const settings = Object.keys(manifest.contributes.configuration.properties);
    const ofClusters = new Set(settings.filter((name) => name.startsWith('kubeProxy.clusters.')));
    expect(new Set(named.filter((name) => name?.startsWith('kubeProxy.clusters.')))).toEqual(ofClusters);
  });

  it.each(
    [...`${readme}${liveClusters}`.matchAll(/\*\*kube-proxy: ([^*]+)\*\*/g)].map(([, title]) => title ?? ''),
  )('names a command that there is: %s', (title) => {
    const titles = manifest.contributes.commands.map((each) => each.title.replaceAll('%', ''));
    const shown = Object.entries(words).flatMap(([key, text]) => (titles.includes(key) ? [text] : []));
    expect(shown.map((each) => each.replace('…', ''))).toContain(title.replace(/\s+/g, ' ').replace('…', ''));
  });
});
