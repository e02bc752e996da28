// The programs of a real control plane: etcd, kube-apiserver, kube-controller-manager, kube-proxy, and kwok, which plays the
// kubelet. Each is taken from $KUBEBUILDER_ASSETS where it is there, else from the cache
// ($KUBE_PROXY_CACHE or ~/.cache/kube-proxy-explorer), else built into the cache from the Go modules of test/live/binaries.
// `node scripts/clusterBinaries.mjs` builds what is missing and prints where all of them are.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, root } from './places.mjs';

const kubernetesVersion = 'v1.36.3';

/** Without these the programs say v0.0.0. */
const versionFlags = ['gitVersion=v1.36.3', 'gitMajor=1', 'gitMinor=36', 'gitTreeState=clean']
  .map((value) => `-X k8s.io/component-base/version.${value}`)
  .join(' ');

/** `renamed`: `go build` names a program after the last part of its package. */
const modules = [
  { name: 'etcd', flags: '-s -w', programs: ['etcd'], renamed: { server: 'etcd' } },
  {
    name: 'kubernetes',
    flags: `-s -w ${versionFlags}`,
    programs: ['kube-apiserver', 'kube-controller-manager', 'kube-proxy'],
    renamed: {},
  },
  { name: 'kwok', flags: '-s -w', programs: ['kwok'], renamed: {} },
];

const oldestGo = [1, 26];

/** Where a module's programs are kept: another go.mod, go.sum or other flags give another folder. */
function folderOf({ name, flags }) {
  const hash = createHash('sha256').update(flags);
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(sourceOf(name), file)));
  return join(cacheFolder(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}

const sourceOf = (name) => join(root, 'test', 'live', 'binaries', name);

/** The program's path, or null where it has to be built. */
function find(module, program) {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const folders = [...(assets ? [assets] : []), folderOf(module)];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file)) ?? null;
}

const missingModules = () =>
  modules.filter((module) => module.programs.some((program) => find(module, program) === null));

/** `go version go1.26.8 linux/amd64` → [1, 26]; null where there is no Go. */
function goRelease() {
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], {
    encoding: 'utf8',
    // Another toolchain is never fetched.
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  const found = /^go(\d+)\.(\d+)/.exec(stdout ?? '');
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

/** Why the programs can neither be found nor be built here, or null. */
export function clusterBinariesBlocked() {
  const missing = missingModules();
  if (missing.length === 0) return null;
  const programs = missing.flatMap((module) => module.programs).join(', ');
  const release = goRelease();
  const need = `needs Go ${oldestGo.join('.')} on the PATH to build ${programs}, or KUBEBUILDER_ASSETS that names a folder with them`;
  if (release === null) return need;
  const [major, minor] = release;
  const old = major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1]);
  return old ? `${need} (there is Go ${release.join('.')})` : null;
}

/** Builds under another name first: an interrupted build must not look like a whole one. */
function build(module, log) {
  const target = folderOf(module);
  log(`Building ${module.programs.join(', ')} into ${target} (once; minutes with an empty Go cache).`);
  const started = performance.now();
  mkdirSync(dirname(target), { recursive: true });
  const partial = mkdtempSync(join(dirname(target), 'partial-'));
  try {
    execFileSync('go', ['build', '-ldflags', module.flags, '-o', `${partial}/`, 'tool'], {
      cwd: sourceOf(module.name),
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    });
    for (const [from, to] of Object.entries(module.renamed))
      renameSync(join(partial, from), join(partial, to));
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  log(`Built ${module.name} in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
}

/** The path of each program by its name, built where it has to be. Throws with what to do where that cannot be. */
export function clusterBinaries(log = () => {}) {
  const blocked = clusterBinariesBlocked();
  if (blocked !== null) throw new Error(`The cluster ${blocked}.`);
  for (const module of missingModules()) build(module, log);
  return Object.fromEntries(
    modules.flatMap((module) => module.programs.map((program) => [program, find(module, program)])),
  );
}

/**
 * Builds what is missing in a process beside this one, which yields to all others; resolves when it has ended, however it did: who
 * needs the programs tries again then, and says what is wrong.
 */
export async function clusterBinariesBeside() {
  if (missingModules().length === 0 || clusterBinariesBlocked() !== null) return;
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { stdio: 'ignore' });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  await once(child, 'close');
}

export { kubernetesVersion };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(
    JSON.stringify(
      clusterBinaries((line) => console.error(line)),
      null,
      2,
    ),
  );
}
