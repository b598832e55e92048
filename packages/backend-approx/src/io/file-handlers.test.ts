// SPDX-License-Identifier: Apache-2.0
/** `file://` in Node: alone, and beside the handlers of tfjs-node, whichever was registered first. */
import {expect} from 'chai';
import {makeFolder, PACKAGE, removeFolder, runNode, TFJS_SCOPE} from '../testing/node-scripts.js';

/** Claims every file:// URL as tfjs-node's router does. */
const OTHER = `
  import {io} from '@tensorflow/tfjs';
  const handler = {
    save: async artifacts => (console.log('other saves'), {
      modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts),
    }),
    load: async () => { throw new Error('other loads'); },
  };
  const router = url => (!Array.isArray(url) && url.startsWith('file://') ? handler : null);
  io.registerSaveRouter(router);
  io.registerLoadRouter(router);
`;

const script = (imports: readonly string[]) => `
  import * as tf from '@tensorflow/tfjs';
  ${imports.map(name => `import '${name}';`).join('\n')}
  const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})]});
  await model.save('file://./saved');
  const loaded = await tf.loadLayersModel('file://./saved/model.json').catch(error => error.message);
  console.log(typeof loaded === 'string' ? loaded : 'ours loads ' + loaded.layers.length);
`;

describe('file:// handlers', () => {
  const APPROX = '@tfjs-approx/backend-approx';
  let folder: string;
  before(() => {
    folder = makeFolder(
      {'@tensorflow': TFJS_SCOPE, [APPROX]: PACKAGE},
      {
        'other.mjs': OTHER,
        'alone.mjs': script([APPROX]),
        'before.mjs': script(['./other.mjs', APPROX]),
        'after.mjs': script([APPROX, './other.mjs']),
      },
    );
  });
  after(() => removeFolder(folder));

  it('save and load where there are no others', async () => {
    const {code, stdout, stderr} = await runNode(folder, 'alone.mjs', {register: false});
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('ours loads 1\n');
  });

  for (const order of ['before', 'after']) {
    it(`leave file:// to others registered ${order} them`, async () => {
      const {code, stdout, stderr} = await runNode(folder, `${order}.mjs`, {register: false});
      expect(code, stderr).to.equal(0);
      expect(stdout).to.equal('other saves\nother loads\n');
    });
  }
});
