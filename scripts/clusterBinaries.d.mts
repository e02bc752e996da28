export type ClusterProgram = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-proxy' | 'kwok';

/** `v1.36.3` */
export const kubernetesVersion: string;

/** Why the programs can neither be found nor be built here, or null. */
export function clusterBinariesBlocked(): string | null;

/** The path of each program by its name, built where it has to be. Throws with what to do where that cannot be. */
export function clusterBinaries(log?: (line: string) => void): Readonly<Record<ClusterProgram, string>>;

/** Builds what is missing in a process beside this one, which yields to all others; resolves when it has ended, however it did. */
export function clusterBinariesBeside(): Promise<void>;
