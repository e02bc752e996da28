// A virtual machine with IPVS, which few kernels of test machines have: Debian's cloud kernel, unpacked from its package, and an
// initramfs of this machine's own programs (test/vm/guest/initramfs.sh). Both are kept in the cache
// ($KUBE_PROXY_CACHE or ~/.cache/kube-proxy-explorer). QEMU plays the processor, so that no KVM is needed.
// `node scripts/virtualMachine.mjs` makes what is missing and prints where both are, as JSON.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, root } from './places.mjs';

const recipe = join(root, 'test', 'vm', 'guest', 'initramfs.sh');

/** What a Debian machine is asked for: `apt-get install`. */
const packages = 'qemu-system-x86 cpio kmod ipvsadm ipset nftables iptables iproute2 python3';

/** The programs that are needed, and those that are put into the initramfs. */
export const machineTools = [
  'qemu-system-x86_64',
  'apt-get',
  'dpkg-deb',
  'cpio',
  'depmod',
  'ipvsadm',
  'ipset',
  'nft',
  'ip',
  'bridge',
  'python3',
  'iptables-nft-restore',
];

/** Why this machine cannot have one, or null. `missing(…programs)`: a word about those that are not there, or null. */
export function virtualMachineBlocked(missing) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64';
  const lacking = missing(...machineTools);
  return lacking === null ? null : `${lacking} (Debian: apt-get install ${packages})`;
}

const run = (program, args, options = {}) => execFileSync(program, args, { encoding: 'utf8', ...options });

/** The package of the newest kernel that apt knows, `linux-image-6.1.0-57-cloud-amd64`. */
function kernelPackage() {
  const depends = run('apt-cache', ['depends', 'linux-image-cloud-amd64']);
  const found = /Depends: (linux-image-\d\S*)/.exec(depends);
  if (found === null) throw new Error('apt knows no linux-image-cloud-amd64');
  return found[1];
}

function kernelInCache() {
  const folder = cacheFolder();
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder).filter((name) => name.startsWith('linux-image-'));
  return names.length === 0 ? null : join(folder, names.toSorted().at(-1));
}

/** Downloads the package by apt, whose lists may be of yesterday. */
function download(folder) {
  try {
    const name = kernelPackage();
    run('apt-get', ['download', '-qq', name], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    return name;
  } catch {
    run('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'] });
    const name = kernelPackage();
    run('apt-get', ['download', '-qq', name], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return name;
  }
}

/** Makes a folder or file beside its place, so that nobody finds half of it. */
function made(target, make) {
  if (existsSync(target)) return target;
  mkdirSync(cacheFolder(), { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder(), 'vm-'));
  try {
    const result = join(scratch, 'result');
    make(result, scratch);
    if (!existsSync(target)) renameSync(result, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return target;
}

function kernelFolder() {
  const known = kernelInCache();
  if (known !== null) return known;
  mkdirSync(cacheFolder(), { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder(), 'vm-'));
  try {
    const name = download(scratch);
    const file = readdirSync(scratch).find((each) => each.endsWith('.deb'));
    return made(join(cacheFolder(), name), (result) => run('dpkg-deb', ['-x', join(scratch, file), result]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Another recipe, kernel or iptables gives another initramfs. */
function initramfs(kernel) {
  const hash = createHash('sha256').update(readFileSync(recipe)).update(kernel);
  for (const tool of ['iptables-nft-restore', 'ipvsadm', 'nft', 'ip', 'python3'])
    hash.update(
      run('bash', ['-c', `PATH=/usr/sbin:/usr/bin; sha256sum < "$(readlink -f "$(command -v ${tool})")"`]),
    );
  return made(join(cacheFolder(), `initramfs-${hash.digest('hex').slice(0, 16)}`), (result) =>
    run('bash', [recipe, kernel, result], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = kernelFolder();
  const image = readdirSync(join(folder, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  console.log(JSON.stringify({ kernel: join(folder, 'boot', image), initramfs: initramfs(folder) }));
}
