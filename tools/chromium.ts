// SPDX-License-Identifier: Apache-2.0
// A Chromium for the browser tests and the screenshots: the one that APPROX_CHROMIUM names, or else the one
// out of the npm package @sparticuz/chromium, which needs nothing of the system but its C library.

import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {unpackOnce, unpackTar} from './unpack.ts';

/** The package's own file speaks of folders of the machines that it was made for. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/**
 * @returns The environment of a process that starts the Chromium named in it by APPROX_CHROMIUM, or why there is
 *   none.
 */
export function findChromium(): {environment: Record<string, string>} | {missing: string} {
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
  const folder = unpackOnce('chromium', (into, read) => {
    for (const archive of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
      unpackTar(read(archive), into);
    }
    writeFileSync(join(into, 'chromium'), read('chromium.br'), {mode: 0o755});
    writeFileSync(join(into, 'fonts.conf'), FONTS);
  });
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
