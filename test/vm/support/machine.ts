/** A virtual machine that runs test/vm/guest/record.py on a job: scripts/virtualMachine.mjs makes its kernel and its programs. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecord } from '../../../src/text/json.ts';

const OUTPUT_BYTES = 256 << 20;
const BLOCK = 1 << 20;

export interface MachineRun {
  /** What the job said of itself, line by line; of a run that was cut short all whole ones. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** What stood on the machine's serial line: the kernel's complaints, and Python's. */
  readonly console: string;
}

/** Boots, runs the job, powers off. `seconds`: the machine is stopped then, wherever it is. `third`: a file for the third disk. */
export async function runMachine(job: object, seconds: number, third: string | null): Promise<MachineRun> {
  const folder = mkdtempSync(join(tmpdir(), 'kpe-vm-'));
  try {
    const [input, output] = [join(folder, 'in'), join(folder, 'out')];
    const text = JSON.stringify(job);
    writeFileSync(input, text);
    grow(input, Math.ceil((Buffer.byteLength(text) + 1) / BLOCK) * BLOCK);
    writeFileSync(output, '');
    grow(output, OUTPUT_BYTES);
    const said = await boot([input, output, ...(third === null ? [] : [third])], seconds);
    return { lines: wholeLines(readFileSync(output)), console: said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function grow(file: string, bytes: number): void {
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, bytes);
  closeSync(handle);
}

async function boot(disks: readonly string[], seconds: number): Promise<string> {
  const { kernel, initramfs } = files();
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...'-accel tcg,tb-size=512 -cpu max -m 1536 -smp 1 -nographic -no-reboot -nic none'.split(' '),
      '-kernel',
      kernel,
      '-initrd',
      initramfs,
      '-append',
      'console=ttyS0 quiet panic=1 rdinit=/init',
      ...disks.flatMap((file, index) => [
        '-drive',
        `file=${file},format=raw,if=virtio${index < 2 ? '' : ',readonly=on'}`,
      ]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: seconds * 1000, killSignal: 'SIGKILL' },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await once(child, 'close');
  return said;
}

function files(): { readonly kernel: string; readonly initramfs: string } {
  const script = fileURLToPath(new URL('../../../scripts/virtualMachine.mjs', import.meta.url));
  const made: unknown = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
  if (!isRecord(made) || typeof made['kernel'] !== 'string' || typeof made['initramfs'] !== 'string')
    throw new Error('there is no virtual machine');
  return { kernel: made['kernel'], initramfs: made['initramfs'] };
}

/** The disk is zeros behind what was written; the last line may be the half of one. */
function wholeLines(disk: Buffer): readonly Readonly<Record<string, unknown>>[] {
  const zero = disk.indexOf(0);
  const text = disk.toString('utf8', 0, zero < 0 ? disk.length : zero);
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isRecord);
}
