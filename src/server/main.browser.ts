/// <reference lib="webworker" />
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { createServer } from './createServer.ts';

declare const self: DedicatedWorkerGlobalScope;

createServer(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self)));
