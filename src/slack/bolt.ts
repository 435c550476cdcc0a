/** What is used of Bolt. Its front door brings Express along, and what it runs on in Lambda: a tenth of a start. */
import app from '@slack/bolt/dist/App.js';
import * as HTTPModuleFunctions from '@slack/bolt/dist/receivers/HTTPModuleFunctions.js';
import { HTTPResponseAck } from '@slack/bolt/dist/receivers/HTTPResponseAck.js';
import socketMode from '@slack/bolt/dist/receivers/SocketModeReceiver.js';

const { default: App, LogLevel } = app;
const { default: SocketModeReceiver } = socketMode;

export { App, HTTPModuleFunctions, HTTPResponseAck, LogLevel, SocketModeReceiver };
