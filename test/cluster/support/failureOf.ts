import { ClusterFailure } from '../../../src/cluster/failure.ts';

/** The failure of a collection; throws when it succeeds. */
export async function failureOf(collecting: Promise<unknown>): Promise<ClusterFailure> {
  const error = await collecting.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ClusterFailure) return error;
  throw new Error(`no ClusterFailure but ${String(error)}`);
}
