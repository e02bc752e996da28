/** Dumps of real kube-proxies, and the cluster's objects at the time where they are in the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { readObjects } from '../../src/kubernetes/readObjects.ts';
import type { KubernetesObjects } from '../../src/kubernetes/objects.ts';
import { IptablesServices } from '../../src/kubeproxy/modes/iptables/iptablesServices.ts';
import { readModes } from '../../src/kubeproxy/modes/nodeModes.ts';
import { buildCatalog } from '../../src/kubeproxy/services/buildCatalog.ts';
import type { Catalog } from '../../src/kubeproxy/services/catalog.ts';
import type { Rulesets } from '../../src/kubeproxy/rulesets.ts';
import { rulesText, Sources } from '../../src/kubeproxy/sources.ts';

const own = fileURLToPath(new URL('../dumps/', import.meta.url));

/** More dumps, with their objects: a folder like this repository's `test/dumps`; empty where the variable is not set. */
const more = process.env['KUBE_PROXY_DUMPS'] ?? '';

/** A dump's file as text, unpacked; null where it is not there. */
export function dumpText(dump: string, file: string): string | null {
  for (const folder of [own, more]) {
    const plain = join(folder, dump, file);
    if (folder === '') continue;
    if (existsSync(plain)) return readFileSync(plain, 'utf8');
    if (existsSync(`${plain}.gz`)) return gunzipSync(readFileSync(`${plain}.gz`)).toString('utf8');
  }
  return null;
}

/** The dumps of the repository and of `$KUBE_PROXY_DUMPS` that hold all of `files`. */
export function dumpsWith(...files: readonly string[]): readonly string[] {
  const names = [own, more].filter((folder) => folder !== '').flatMap((folder) => readdirSync(folder));
  return [...new Set(names)].sort().filter((name) => files.every((file) => dumpText(name, file) !== null));
}

export function dumpRulesets(dump: string): Rulesets {
  const parse = (file: string) => {
    const text = dumpText(dump, file);
    return text === null ? null : parseRuleset(text);
  };
  return { 4: parse('iptables-save.txt'), 6: parse('ip6tables-save.txt') };
}

/** The sources of a dump's two main files. */
export function dumpSources(dump: string): Sources {
  const texts = (['iptables-save.txt', 'ip6tables-save.txt'] as const).flatMap((file) => {
    const text = dumpText(dump, file);
    return text === null ? [] : [rulesText(file, text)];
  });
  return new Sources(texts);
}

/** The sources of one text, as if it lay in `iptables-save.txt`. */
export function textSources(text: string): Sources {
  return new Sources([rulesText('iptables-save.txt', text)]);
}

/** Throws where the dump has no objects: a test that asks for them cannot do without. */
export function dumpObjects(dump: string): KubernetesObjects {
  const { objects, problems } = readObjects(dumpText(dump, 'objects.json') ?? '');
  if (problems.length > 0 || objects.services.length === 0)
    throw new Error(`objects of ${dump}: ${problems[0]}`);
  return objects;
}

/** The catalog of some rules, and the chains that it was read from. */
export interface ServicesOfRules {
  readonly catalog: Catalog;
  readonly iptables: IptablesServices;
}

export function servicesIn(sources: Sources, objects: KubernetesObjects | null = null): ServicesOfRules {
  const node = readNode(new Map());
  const modes = readModes({ sources, node, ipvs: null });
  const catalog = buildCatalog(modes.all, objects);
  return { catalog, iptables: new IptablesServices(modes.iptables, catalog) };
}

/** From the rules alone, or with the objects too. */
export function dumpServices(
  dump: string,
  objects: 'with objects' | 'rules alone' = 'rules alone',
): ServicesOfRules {
  return servicesIn(dumpSources(dump), objects === 'rules alone' ? null : dumpObjects(dump));
}
