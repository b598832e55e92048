// SPDX-License-Identifier: Apache-2.0
// @ts-check
// A Chromium for the browser tests and the screenshots: the one that APPROX_CHROMIUM names, or else the one
// out of the npm package @sparticuz/chromium, which needs nothing of the system but its C library.

import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {brotliDecompressSync} from 'node:zlib';
import {packageFolder, unpackOnce} from './swiftshader.mjs';
import {readTar} from './tar.mjs';

/**
 * @returns {{environment: Record<string, string>} | {missing: string}} The environment of a process that
 *   starts the Chromium named in it by APPROX_CHROMIUM.
 */
export function findChromium() {
  const given = process.env['APPROX_CHROMIUM'];
  if (given) {
    return existsSync(given)
      ? {environment: {APPROX_CHROMIUM: given}}
      : {missing: `APPROX_CHROMIUM is ${given}, and there is no such file`};
  }
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') {
    return {
      missing: `@sparticuz/chromium is for linux-x64, and this is ${platform}; set APPROX_CHROMIUM to Chrome's path`,
    };
  }
  const folder = unpack();
  const libraries = [join(folder, 'lib'), process.env['LD_LIBRARY_PATH']];
  return {
    environment: {
      APPROX_CHROMIUM: join(folder, 'chromium'),
      LD_LIBRARY_PATH: libraries.filter(Boolean).join(':'),
      FONTCONFIG_PATH: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
    },
  };
}

/** @returns {string} The folder with program, libraries and fonts. */
function unpack() {
  const source = packageFolder('@sparticuz/chromium');
  const {version} = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  return unpackOnce(`chromium-${version}`, folder => {
    /** @param {string} file */
    const read = file => brotliDecompressSync(readFileSync(join(source, 'bin', file)));
    for (const archive of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
      for (const {name, mode, content} of readTar(read(archive))) {
        const path = join(folder, name);
        mkdirSync(dirname(path), {recursive: true});
        writeFileSync(path, content);
        chmodSync(path, mode);
      }
    }
    writeFileSync(join(folder, 'chromium'), read('chromium.br'), {mode: 0o755});
    // The package's own file speaks of folders of the machines that it was made for.
    writeFileSync(
      join(folder, 'fonts.conf'),
      `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
    );
  });
}
