'use strict';
(() => {
  const filters = document.getElementById('filters');
  const search = document.getElementById('search');
  const state = document.getElementById('state');
  const count = document.getElementById('count');
  const rows = Array.from(document.querySelectorAll('[data-ok]'));
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      row.hidden =
        !words.every((word) => texts[index].includes(word)) ||
        (state.value !== 'all' && row.dataset.ok !== state.value);
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = shown + ' of ' + rows.length + ' entries';
  };
  search.addEventListener('input', apply);
  state.addEventListener('change', apply);
  filters.hidden = rows.length === 0;
  apply();
})();
