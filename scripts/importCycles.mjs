// `node scripts/importCycles.mjs [FOLDER]`: files that import each other in a circle, imports of types included (which
// oxlint's import/no-cycle passes over). Exit code 1 where there are any. FOLDER is src/ unless given.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'src'));

/** `import … from './x.ts'`, `export … from './x.ts'`, `import './x.ts'`, `import('./x.ts')`. */
const imported = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

const files = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(folder, name))
  .sort();
const imports = new Map(
  files.map((file) => [
    file,
    [...readFileSync(file, 'utf8').matchAll(imported)].map(([, path]) => resolve(dirname(file), path)),
  ]),
);

const cycles = components(imports).map((members) => shortestCycle(members));
for (const cycle of cycles) {
  console.error(`import cycle: ${cycle.map((file) => relative(folder, file)).join(' → ')}`);
}
if (cycles.length > 0) {
  console.error(`${cycles.length} import cycles: move what both sides need into a file of its own.`);
  process.exitCode = 1;
}

/** The sets of files each of which leads to every other (Tarjan); files that lead to nobody but others are left out. */
function components(graph) {
  const order = new Map();
  const lowest = new Map();
  const open = [];
  const found = [];
  for (const start of graph.keys()) if (!order.has(start)) visit(start);
  return found;

  function visit(file) {
    order.set(file, order.size);
    lowest.set(file, order.get(file));
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file), lowest.get(next)));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const members = open.splice(open.indexOf(file));
    if (members.length > 1 || graph.get(file)?.includes(file)) found.push(members);
  }
}

/** A shortest way from the first member back to itself. */
function shortestCycle(members) {
  const [start] = members;
  let ways = [[start]];
  const seen = new Set();
  for (;;) {
    const longer = [];
    for (const way of ways) {
      for (const next of imports.get(way.at(-1)) ?? []) {
        if (next === start) return [...way, start];
        if (!members.includes(next) || seen.has(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
}
