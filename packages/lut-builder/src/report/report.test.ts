// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {withCircuit} from '../analysis/circuit.js';
import {parseHTML} from 'linkedom';
import {
  getMultiplier,
  lutFromSignificandProduct,
  lutMultiplier,
  RECORDED_OPERANDS_KIND,
  type RecordedOperands,
} from '@tfjs-approx/arithmetic';
import {reportHtml} from './html.js';
import {createReport, reportJson} from './report.js';

const published = (...names: string[]) =>
  names.map(source => ({source, multiplier: getMultiplier(source)}));

/** The text of a cell, by the titles of its row and column. */
function cellText(html: string, group: string, row: string, column: string): string {
  const {document} = parseHTML(html);
  const table = document.querySelector('table')!;
  const heads = [...table.querySelectorAll('thead th')].map(th => th.textContent!.trim());
  const body = [...table.querySelectorAll('tbody')].find(b =>
    b.querySelector('.group')!.textContent!.includes(group),
  )!;
  const line = [...body.querySelectorAll('tr')].find(
    tr => tr.querySelector('th')!.textContent === row,
  )!;
  return line.children[heads.indexOf(column)]!.textContent!;
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
    expect(reported!.provenance).to.equal(getMultiplier('mbm3').lut().provenance);
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

  it('is one file: nothing is loaded, nothing is run', () => {
    const html = reportHtml(createReport(published('mbm5', 'bf16'), OPERANDS));
    const {document} = parseHTML(html);
    expect(document.querySelectorAll('script, link, iframe, object').length).to.equal(0);
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
    expect(html).to.not.match(/<b>|<script/);
    expect(html).to.contain('&#60;b&#62;');
    expect(html).to.contain('1,207: AND 1,200, XOR 7');
    expect(cellText(html, 'circuit', 'Gates', '<b>&"')).to.equal('1,207');
    // (1200 * 6 + 7 * 12) transistors, 4 in a NAND.
    expect(cellText(html, 'circuit', 'Gate equivalents', '<b>&"')).to.equal('1,821');
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
    expect(report.multipliers[0]!.recorded!.all!.mean).to.be.closeTo(-100 / 9, 1e-9);
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
    const none = {...last!, macs: 0, first: empty, second: empty};
    const report = createReport(published('mitchell7'), {...OPERANDS, products: [first!, none]});
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

  it('more multipliers than a table has room for go on in another one', () => {
    const names = Array.from({length: 11}, (_, i) => `mbm${i + 1}`);
    const {document} = parseHTML(reportHtml(createReport(published(...names))));
    const heads = [...document.querySelectorAll('thead th')].map(th => th.textContent!.trim());
    expect(heads.filter(head => head !== 'Metric')).to.deep.equal(names);
    expect(document.querySelectorAll('table').length).to.equal(2);
    // mbm11 has the smallest of all worst cases.
    expect(document.querySelectorAll('table')[0]!.querySelectorAll('.best').length).to.be.below(15);
  });

  it('as JSON it has the figures, and is plain data', () => {
    const json = reportJson(createReport(published('mitchell7'), OPERANDS)) as Record<
      string,
      never
    >;
    expect(JSON.parse(JSON.stringify(json))).to.deep.equal(json);
    const [multiplier] = json.multipliers as unknown as Array<Record<string, object>>;
    expect(multiplier!.uniform).to.include({pairs: 16384});
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
