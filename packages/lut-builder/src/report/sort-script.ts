// SPDX-License-Identifier: Apache-2.0
/** The only script of a page: tables are sorted by a click on a column's head. The page is whole without it. */
import {createHash} from 'node:crypto';

export const SORT_SCRIPT = `
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows].at(-1).cells;
  [...heads].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.title = 'Sort';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const isDescending = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
      const body = table.tBodies[0];
      const keyOf = row => row.cells[column].dataset.value;
      const compare = (a, b) => {
        const [x, y] = [keyOf(a), keyOf(b)];
        if (x === '' || y === '') return (x === '') - (y === '');
        const order = column === 0 ? x.localeCompare(y, 'en', {numeric: true}) : x - y;
        return isDescending ? -order : order;
      };
      body.append(...[...body.rows].sort(compare));
    });
  });
}
`;

/** For the page's content security policy: no other script runs. */
export const SORT_SCRIPT_HASH = `sha256-${createHash('sha256').update(SORT_SCRIPT).digest('base64')}`;
