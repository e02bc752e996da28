/** Kubeconfig files for tests, in folders that the test's end removes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { clusterAccess } from '../../../src/cluster/adapters/access.ts';
import type { TimeLimits } from '../../../src/cluster/adapters/transport.ts';
import type { KubeconfigHost } from '../../../src/cluster/kubeconfigPaths.ts';
import type { ClusterAccess } from '../../../src/cluster/liveSession.ts';
import { tlsFile } from './fakeApiServer.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestConfig {
  readonly server: string;
  readonly cluster?: object;
  readonly user?: object;
}

/** JSON, which is YAML too; one context `test`. */
export function kubeconfigText({ server, cluster = {}, user = {} }: TestConfig): string {
  const authority = { 'certificate-authority': tlsFile('authority.pem') };
  return JSON.stringify({
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server, ...authority, ...cluster } }],
    users: [{ name: 'u', user }],
  });
}

export function writeKubeconfig(config: TestConfig, folder = temporaryFolder()): string {
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfigText(config));
  return file;
}

export const noHost: KubeconfigHost = { env: {}, home: '/nowhere', serviceAccount: '/nowhere' };

export interface Reach {
  readonly limits?: Partial<TimeLimits>;
  readonly env?: KubeconfigHost['env'];
  readonly file?: string;
  readonly signIn?: number;
}

const patient: TimeLimits = { connect: 5000, answer: 5000, silence: 5000, watchSilence: 5000 };

/** What a session would talk to; closed with the test. */
export function reach(
  config: TestConfig,
  { limits = {}, env = {}, file, signIn = 5000 }: Reach = {},
): ClusterAccess {
  const access = clusterAccess('test', {
    kubeconfig: [file ?? writeKubeconfig(config)],
    host: { ...noHost, env },
    limits: { ...patient, ...limits },
    backoff: { first: 5, longest: 20 },
    signIn,
  });
  onTestFinished(() => access.close());
  return access;
}
