import { serveByArguments } from './serve.node.ts';

serveByArguments();
