// The API broker and the tree of ms-kubernetes-tools.vscode-kubernetes-tools, as their contract says, with what tests choose
// behind them: KUBERNETES_STAND_IN of the environment, `{ "kubeconfig": "…", "items": [{ "kind": "Service", … }] }`.
const { EventEmitter, TreeItem, window } = require('vscode');

const contextChanged = new EventEmitter();
const pathChanged = new EventEmitter();
const given = JSON.parse(process.env.KUBERNETES_STAND_IN ?? '{}');
let kubeconfig = given.kubeconfig ?? '';

const configuration = {
  getKubeconfigPath: () => ({ pathType: 'host', hostPath: kubeconfig }),
  onDidChangeKubeconfigPath: pathChanged.event,
  onDidChangeContext: contextChanged.event,
};

const clusterExplorer = {
  resolveCommandTarget: (target) =>
    target?.nodeCategory === 'kubernetes-explorer-node' ? target.resolved : undefined,
};

const versions = { 'configuration/v1_1': configuration, 'clusterexplorer/v1': clusterExplorer };

function resource({ kind, namespace, name }) {
  const resourceKind = { manifestKind: kind, abbreviation: kind.toLowerCase() };
  const resolved = { nodeType: 'resource', resourceKind, name, namespace: namespace ?? null };
  return { nodeCategory: 'kubernetes-explorer-node', resolved };
}

const tree = {
  getChildren: (parent) => (parent === undefined ? (given.items ?? []).map(resource) : []),
  getTreeItem: ({ resolved }) => {
    const item = new TreeItem(resolved.name);
    item.contextValue = `vsKubernetes.resource.${resolved.resourceKind.abbreviation}`;
    return item;
  },
};

exports.activate = (context) => {
  context.subscriptions.push(window.registerTreeDataProvider('extension.vsKubernetesExplorer', tree));
  return {
    get: (component, version) => {
      const api = versions[`${component}/${version}`];
      return api === undefined ? { available: false, reason: 'version-unknown' } : { available: true, api };
    },
    /** For tests only. */
    useKubeconfig: (path) => {
      kubeconfig = path;
      pathChanged.fire(configuration.getKubeconfigPath());
    },
  };
};
