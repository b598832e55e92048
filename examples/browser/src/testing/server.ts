// SPDX-License-Identifier: Apache-2.0
/** A web server on this machine for one test run: files of a folder, and pages given as text. */
import {createReadStream, statSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {extname, resolve, sep} from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
};

export interface Served {
  /** Ends in a slash. */
  readonly address: string;
  close(): void;
}

/**
 * @param folders by the first part of the address's path ('' for the rest).
 * @param pages HTML by path.
 * @param headers sent with every answer.
 */
export async function serve(
  folders: Readonly<Record<string, string>>,
  pages: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname).slice(1);
    const page = pages[path];
    if (page !== undefined) {
      response.writeHead(200, {'content-type': TYPES['.html']}).end(page);
      return;
    }
    const [first] = path.split('/');
    const [folder, rest] =
      first in folders && first !== ''
        ? [folders[first], path.slice(first.length + 1)]
        : [folders[''], path];
    const file = folder && resolve(folder, rest || 'index.html');
    const isThere =
      file?.startsWith(resolve(folder) + sep) && statSync(file, {throwIfNoEntry: false})?.isFile();
    if (!file || !isThere) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {'content-type': TYPES[extname(file)] ?? 'application/octet-stream'});
    createReadStream(file).pipe(response);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const {port} = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
