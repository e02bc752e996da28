import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createServer } from './createServer.ts';

createServer(createConnection(ProposedFeatures.all));
