/** What a text, or a part of one, can be told to hold. */
export type ContentKind =
  | 'rules'
  | 'nft'
  | 'ipvs'
  | 'addresses'
  | 'routes'
  | 'policy-rules'
  | 'bridge-ports'
  | 'ipsets'
  | 'sysctls'
  | 'connections'
  | 'connection-events'
  | 'sockets'
  | 'old-ipv6-routes'
  | 'objects'
  | 'snapshot'
  | 'kernel-trace'
  | 'packets';
