// SPDX-License-Identifier: Apache-2.0
/** The style sheet of a report's page: light and dark on a screen, black on white on paper. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --muted: #57606a; --paper: #ffffff; --line: #d0d7de; --tint: #ddf4e4;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --muted: #9aa5b1; --paper: #0d1117; --line: #30363d; --tint: #12351f; }
  [stroke="#0072b2"] { stroke: #3f9ee6; } [fill="#0072b2"] { fill: #3f9ee6; }
  [stroke="#56b4e9"] { stroke: #a6dcff; } [fill="#56b4e9"] { fill: #a6dcff; }
  [stroke="#7f7f7f"] { stroke: #8f98a3; } [fill="#7f7f7f"] { fill: #8f98a3; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 'DejaVu Sans', Verdana, system-ui, sans-serif;
}
main { max-width: 1100px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
h1, h3, .legend { overflow-wrap: anywhere; }
p { max-width: 46rem; margin: .5rem 0; }
.note, figcaption, caption { color: var(--muted); font-size: .85rem; }
.wide { overflow-x: auto; }
table { margin-bottom: .8rem; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .22rem .8rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { vertical-align: bottom; }
tbody th { font-weight: normal; }
.long { display: inline-block; width: max-content; max-width: 10rem; white-space: normal; overflow-wrap: break-word; vertical-align: bottom; }
tbody .long { max-width: min(15rem, 45vw); }
.over th { text-align: center; font-weight: normal; color: var(--muted); border-left: 1px solid var(--line); }
.metrics th, .metrics td { padding: .22rem .5rem; }
.metrics thead tr:last-child th { white-space: normal; min-width: 3.6rem; }
.metrics tbody th { position: sticky; left: 0; background: var(--paper); padding-left: 0; }
.sortable button { font: inherit; font-weight: bold; color: inherit; background: none; border: 0; padding: 0; text-align: inherit; cursor: pointer; }
.sortable [aria-sort] button::after { content: ''; display: inline-block; margin-left: .3em; border: .3em solid transparent; }
.sortable [aria-sort=ascending] button::after { border-bottom-color: currentColor; vertical-align: .15em; }
.sortable [aria-sort=descending] button::after { border-top-color: currentColor; vertical-align: -.15em; }
.area { max-width: 620px; }
footer { margin-top: 2.4rem; }
.best { background: var(--tint); }
.swatch svg { display: inline; width: 16px; height: 16px; vertical-align: -3px; overflow: visible; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .3rem 0; font-size: .9rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; }
figure > svg, .scale > svg { display: block; max-width: 100%; height: auto; }
.rows { margin-bottom: 1.2rem; }
.rows svg { min-width: 640px; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; max-width: none; font-size: .9rem; }
.legend > span, article h3 { display: flex; align-items: center; gap: .35rem; }
figcaption { max-width: 56ch; margin: .2rem 0 0; }
.scale { margin: .6rem 0 1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); gap: 1.2rem; margin-top: .6rem; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(245px, 100%), 1fr)); gap: 1rem; }
@media (max-width: 480px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print {
  :root { color-scheme: light; --ink: #000000; --muted: #444444; --paper: #ffffff; --line: #bbbbbb; --tint: #e4f4e9; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .wide { overflow: visible; }
  .rows svg { min-width: 0; }
  .long { max-width: 6em; }
  tbody .long { max-width: 14em; }
  .best, image { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3 { break-after: avoid; }
  figure, article, tr { break-inside: avoid; }
  table { font-size: 8pt; }
  th, td { padding: .12rem .25rem; }
  figcaption { font-size: .72rem; }
  .charts { grid-template-columns: repeat(2, 1fr); }
  .maps { grid-template-columns: repeat(3, 1fr); }
}
`;
