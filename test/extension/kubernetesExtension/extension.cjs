// The API broker of ms-kubernetes-tools.vscode-kubernetes-tools, as its contract says, with what tests choose behind it.
const { EventEmitter } = require('vscode');

const contextChanged = new EventEmitter();
const pathChanged = new EventEmitter();
let kubeconfig = '';

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

exports.activate = () => ({
  get: (component, version) => {
    const api = versions[`${component}/${version}`];
    return api === undefined ? { available: false, reason: 'version-unknown' } : { available: true, api };
  },
  /** For tests only. */
  useKubeconfig: (path) => {
    kubeconfig = path;
    pathChanged.fire(configuration.getKubeconfigPath());
  },
});
