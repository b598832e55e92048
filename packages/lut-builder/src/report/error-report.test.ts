// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {withCircuit} from '../analysis/circuit-facts.js';
import {createHash} from 'node:crypto';
import {parseHTML} from 'linkedom';
import {
  encodeLut,
  getMultiplier,
  lutFromSignificandProduct,
  lutMultiplier,
  RECORDED_OPERANDS_KIND,
  type RecordedOperands,
} from '@tfjs-approx/arithmetic';
import {reportHtml} from './html.js';
import {createReport, reportJson} from './error-report.js';

const published = (...names: string[]) =>
  names.map(source => ({source, multiplier: getMultiplier(source)}));

/** The text of a cell, by the titles of its columns and the multiplier of its row. */
function cellText(html: string, group: string, column: string, multiplier: string): string {
  const {document} = parseHTML(html);
  const table = document.querySelector('table')!;
  const [over, heads] = [...table.querySelectorAll('thead tr')].map(tr => [...tr.children]);
  const groups = over.flatMap(cell =>
    Array.from({length: Number(cell.getAttribute('colspan') ?? 1)}, () => cell.textContent),
  );
  const at = heads.findIndex((th, k) => groups[k].includes(group) && th.textContent === column);
  const line = [...table.querySelectorAll('tbody tr')].find(
    tr => tr.querySelector('th')!.textContent.trim() === multiplier,
  )!;
  return line.children[at].textContent;
}

const histogramOf = (fraction: number) => ({
  values: 4,
  zeros: 1,
  nonFinite: 0,
  fractions: Array.from({length: 2048}, (_, f) => (f === fraction ? 3 : 0)),
  exponents: {first: -2, counts: [3]},
});
const OPERANDS: RecordedOperands = {
  kind: RECORDED_OPERANDS_KIND,
  version: 1,
  fractionBits: 11,
  products: (['weightGradient', 'forward'] as const).map(pass => ({
    layer: 'conv <1>',
    pass,
    calls: 1,
    macs: 1200,
    first: histogramOf(1024),
    second: histogramOf(1024),
  })),
};

describe('the report', () => {
  it('describes the table that its figures are of', () => {
    const multiplier = lutMultiplier(getMultiplier('mbm3').lut());
    const tables = ['mbm3', 'mitchell3'].map(name => getMultiplier(name).lut());
    const changing = {...multiplier, lut: () => tables.shift()!};
    const [reported] = createReport([{source: 'changing', multiplier: changing}]).multipliers;
    expect(reported.provenance).to.equal(getMultiplier('mbm3').lut().provenance);
  });

  it('has the known figures of the multipliers, and says which is best', () => {
    const html = reportHtml(createReport(published('mitchell7', 'mbm7', 'mbm5')));
    // Mitchell 1962: mean error -3.85 %, largest error 1/9; the mean at m = 7 is as published to 2 digits.
    expect(cellText(html, 'All fractions', 'Bias', 'mitchell7')).to.equal('−3.849');
    expect(cellText(html, 'All fractions', 'Worst case', 'mitchell7')).to.equal('11.111');
    expect(cellText(html, 'All fractions', 'MRED', 'mbm7')).to.equal('2.693');
    expect(cellText(html, 'Normal', 'MRED', 'mbm7')).to.not.equal('2.693');
    const {document} = parseHTML(html);
    const best = [...document.querySelectorAll('table .best')].map(cell => cell.textContent);
    expect(best).to.include('2.693').and.not.include('3.849');
  });

  it('is one file: nothing is loaded, and only its own script is run', () => {
    const html = reportHtml(createReport(published('mbm5', 'bf16'), OPERANDS));
    const {document} = parseHTML(html);
    expect(document.querySelectorAll('script[src], link, iframe, object').length).to.equal(0);
    const [script, ...others] = [...document.querySelectorAll('script')];
    expect(others).to.deep.equal([]);
    const hash = createHash('sha256').update(script.textContent).digest('base64');
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content');
    expect(policy)
      .to.match(/^default-src 'none';/)
      .and.contain(`script-src 'sha256-${hash}'`);
    for (const element of document.querySelectorAll('*')) {
      for (const {name, value} of element.attributes) {
        if (name.startsWith('xmlns')) continue;
        expect(value, `${element.tagName} ${name}`).to.not.match(/^\s*(https?:|\/\/|file:)/);
        if (/(src|href)$/.test(name)) expect(value).to.match(/^data:image\/png;base64,/);
      }
    }
    expect(html).to.not.match(/@import|url\(\s*['"]?(?!data:)[a-z/]/);
    expect(html).to.not.contain('NaN').and.not.contain('undefined');
  });

  it('every picture has a text for those who do not see it', () => {
    const {document} = parseHTML(reportHtml(createReport(published('mbm5', 'bf16'))));
    const pictures = [...document.querySelectorAll('figure > svg, .scale > svg')];
    expect(pictures).to.have.lengthOf(3 + 1 + 2);
    for (const picture of pictures) {
      expect(picture.getAttribute('role')).to.equal('img');
      expect(picture.getAttribute('aria-label')!.length).to.be.above(10);
    }
  });

  it('names say what they are, whatever is in them; equal ones are told apart by their source', () => {
    const lut = lutFromSignificandProduct((i, j) => (1 + i / 2) * (1 + j / 2), {
      name: '<b>&"',
      mantissaBits: 1,
      provenance: '</dl><script>',
    });
    const multiplier = lutMultiplier(withCircuit(lut, {cells: {AND: 1200, XOR: 7}}));
    const sources = [
      {source: 'a.safetensors', multiplier},
      {source: 'b.safetensors', multiplier: lutMultiplier({...lut, provenance: ''})},
    ];
    const report = createReport(sources);
    expect(report.multipliers.map(({label}) => label)).to.deep.equal([
      'a.safetensors',
      'b.safetensors',
    ]);
    const html = reportHtml(createReport(sources.slice(0, 1)));
    expect(html).to.not.match(/<b>|<\/dl><script/);
    expect(html).to.contain('&#60;b&#62;');
    expect(html).to.contain('1,207: AND 1,200, XOR 7');
    expect(cellText(html, 'Circuit', 'Gates', '<b>&"')).to.equal('1,207');
    // (1200 * 6 + 7 * 12) transistors, 4 in a NAND.
    expect(cellText(html, 'Circuit', 'Gate equiv.', '<b>&"')).to.equal('1,821');
    expect(createReport(published('mbm5', 'bf16', 'fp16')).title).to.equal(
      'Errors of mbm5, bf16 and fp16',
    );
  });

  it('long names break behind separators, and are whole wherever they are read', () => {
    const name = 'mul8u_approximate_truncated_lower_columns';
    const sources = published('mbm3', 'mitchell3', 'bf16').map(({source, multiplier}, i) => ({
      source,
      multiplier: lutMultiplier({...multiplier.lut(), name: `${name}_${i}`}),
    }));
    const report = createReport(sources);
    expect(report.title).to.equal('Errors of 3 multipliers');
    expect(createReport(sources.slice(0, 1)).title).to.equal(`Errors of ${name}_0`);
    const html = reportHtml(report);
    expect(html).to.contain('mul8u_<wbr>approximate_<wbr>truncated_<wbr>');
    expect(cellText(html, 'All fractions', 'MRED', `${name}_2`)).to.equal('0.000');
    const {document} = parseHTML(html);
    const titles = [...document.querySelectorAll('.maps svg title')].map(
      title => title.textContent,
    );
    expect(titles).to.deep.equal([0, 1, 2].map(i => `${name}_${i}`));
  });

  it('judges by recorded operands, layer by layer', () => {
    const report = createReport(published('mitchell7', 'bf16'), OPERANDS);
    // 1.5 * 1.5 in every product that is not zero.
    expect(report.multipliers[0].recorded!.all!.mean).to.be.closeTo(-100 / 9, 1e-9);
    const {document} = parseHTML(reportHtml(report));
    expect(document.body.textContent).contain('operands of a product are taken as\nindependent');
    const rows = [...document.querySelectorAll('table')].at(-1)!.querySelectorAll('tbody tr');
    const texts = [...rows].map(row => [...row.children].map(cell => cell.textContent));
    // 3 of 4 first and 3 of 4 second operands are not zero: 7 of 16 products are.
    const facts = ['1,200', '43.8', '−2 to −2', '−2 to −2', '11.111', '0.000'];
    expect(texts).to.deep.equal([
      ['conv <1>, forward', ...facts],
      ['conv <1>, weight gradient', ...facts],
    ]);
  });

  it('shows a dash where a layer and pass formed no product', () => {
    const [first, last] = OPERANDS.products;
    const empty = {...histogramOf(0), values: 0, zeros: 0, fractions: [0, 0]};
    const none = {...last, macs: 0, first: empty, second: empty};
    const report = createReport(published('mitchell7'), {...OPERANDS, products: [first, none]});
    const html = reportHtml(report);
    expect(html).to.not.contain('NaN').and.not.contain('Infinity');
    const {document} = parseHTML(html);
    const row = [...document.querySelectorAll('table')].at(-1)!.querySelector('tbody tr')!;
    const texts = [...row.children].map(cell => cell.textContent);
    expect([texts[0], texts[1], texts[2], texts.at(-1)]).to.deep.equal([
      'conv <1>, forward',
      '0',
      '–',
      '–',
    ]);
    const nothing = createReport(published('mitchell7'), {...OPERANDS, products: [none]});
    expect(cellText(reportHtml(nothing), 'Recorded', 'MRED', 'mitchell7')).to.equal('–');
    expect(JSON.stringify(reportJson(nothing))).to.contain('"all":null,"products":[null]');
  });

  it('has a row for each multiplier, however many, with numbers to sort by', () => {
    const names = Array.from({length: 11}, (_, i) => `mbm${i + 1}`);
    const {document} = parseHTML(reportHtml(createReport(published(...names))));
    expect(document.querySelectorAll('table').length).to.equal(1);
    const rows = [...document.querySelectorAll('table.sortable tbody tr')];
    expect(rows.map(row => row.children[0].getAttribute('data-value'))).to.deep.equal(names);
    for (const row of rows) {
      for (const cell of [...row.children].slice(1)) {
        const shown = Math.abs(Number(cell.textContent.replace('−', '-')));
        expect(Number(cell.getAttribute('data-value'))).to.be.closeTo(shown, 5.001e-4);
      }
    }
  });

  it('one that is far off does not set the scales, and is best in nothing but by its size', () => {
    const zero = lutMultiplier(lutFromSignificandProduct(() => 0, {name: 'zero', mantissaBits: 7}));
    const sources = [
      ...published('mbm7', 'mitchell7', 'roba7'),
      {source: 'zero', multiplier: zero},
    ];
    const report = createReport(sources);
    const widths = (of: typeof report) => of.multipliers[0].histogram[0];
    const without = createReport(published('mbm7', 'mitchell7', 'roba7'));
    expect(widths(report).high - widths(report).low).to.be.closeTo(
      widths(without).high - widths(without).low,
      1e-9,
    );
    const {histogram, uniform} = report.multipliers[3];
    expect(uniform.variance).to.equal(0);
    expect(histogram).to.have.lengthOf(1);
    expect(histogram[0]).to.include({share: 100, andBeyond: true});
    const {document} = parseHTML(reportHtml(report));
    const row = [...document.querySelectorAll('table.sortable tbody tr')][3];
    expect(row.querySelectorAll('.best').length).to.equal(0);
    expect(document.body.textContent).to.match(
      /Scales end at .* 4 times\s.*What lies beyond, of\s+zero, /s,
    );
    expect(document.body.textContent).to.match(/outermost bins count larger errors too/);
    expect(reportHtml(without)).to.not.match(/Scales end at|outermost bins/);
  });

  it('shows error against area with its Pareto front, where circuits are known', () => {
    const known = published('mbm7', 'mitchell7', 'roba7', 'bf16').map(
      ({source, multiplier}, k) => ({
        source,
        multiplier:
          source === 'bf16'
            ? multiplier
            : lutMultiplier(withCircuit(multiplier.lut(), {cells: {NAND: [300, 200, 400][k]}})),
      }),
    );
    const {document} = parseHTML(reportHtml(createReport(known)));
    // roba7 has more area than mbm7 and more error.
    expect(document.querySelector('.area figcaption')!.textContent).to.match(
      /of the 3 multipliers .*\(the Pareto front\): mitchell7, mbm7\.$/,
    );
    // One that is beyond the scale has its mark too.
    const zero = lutFromSignificandProduct(() => 0, {name: 'zero', mantissaBits: 7});
    const far = {source: 'zero', multiplier: lutMultiplier(withCircuit(zero, {cells: {NAND: 1}}))};
    const marks = (sources: typeof known) =>
      parseHTML(reportHtml(createReport(sources))).document.querySelectorAll(
        '.area [aria-label=dot] path',
      ).length;
    expect([marks(known), marks([...known, far])]).to.deep.equal([3, 4]);
    expect(reportHtml(createReport(published('mbm7', 'bf16')))).to.not.contain('Pareto');
  });

  it('names each table by its SHA-256, and the version that made the page', () => {
    const report = createReport(published('mbm7'));
    // What `build mbm7` prints.
    const file = encodeLut(getMultiplier('mbm7').lut());
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(report.multipliers[0]).to.include({sha256});
    expect(report.version).to.match(/^\d+\.\d+\.\d+/);
    expect(reportHtml(report)).to.contain(sha256).and.contain(`lut-builder ${report.version}`);
    expect(reportJson(report)).to.include({version: report.version});
  });

  it('error rate and shares are in percent, in data and on the page', () => {
    const report = createReport(published('mbm7'));
    const {uniform, histogram} = report.multipliers[0];
    expect(histogram.reduce((sum, {share}) => sum + share, 0)).to.be.closeTo(100, 1e-9);
    expect(uniform.errorRate).to.be.closeTo(99.927, 5e-4);
    expect(cellText(reportHtml(report), 'All', 'Error rate', 'mbm7')).to.equal('99.927');
  });

  it('as JSON it has the figures, and is plain data', () => {
    const json = reportJson(createReport(published('mitchell7'), OPERANDS)) as Record<
      string,
      never
    >;
    expect(JSON.parse(JSON.stringify(json))).to.deep.equal(json);
    const [multiplier] = json.multipliers as unknown as Array<Record<string, object>>;
    expect(multiplier.uniform).to.include({pairs: 16384});
    expect(multiplier).to.include.keys(
      'normal',
      'recorded',
      'byProduct',
      'histogram',
      'provenance',
    );
    expect(json.products).to.deep.equal([
      {layer: 'conv <1>', pass: 'forward', macs: 1200},
      {layer: 'conv <1>', pass: 'weightGradient', macs: 1200},
    ]);
  });
});
