/** The few annotations of Services that say where a cloud's load balancer sends; all others are dropped unread. */
export const keptAnnotations: ReadonlySet<string> = new Set([
  'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type',
  'service.beta.kubernetes.io/aws-load-balancer-type',
  'cloud.google.com/neg',
  'service.beta.kubernetes.io/backend-type',
  'service.cloud.tencent.com/direct-access',
]);

/** A longer value is none of theirs. */
export const LONGEST_ANNOTATION = 1_000;
