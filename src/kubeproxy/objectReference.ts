/** Names an object of the cluster. */
export interface ObjectReference {
  readonly resource: 'services' | 'pods' | 'networkpolicies';
  readonly namespace: string;
  readonly name: string;
}
