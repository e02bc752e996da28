import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createServer } from './createServer.ts';
import { collectGarbage } from './collect.node.ts';
import { readFile } from './readFile.node.ts';
import { lifecycleOptions } from './lifecycle.ts';

createServer(createConnection(ProposedFeatures.all, lifecycleOptions()), { readFile, collectGarbage });
