// The page half of toy.py. A test sets window.broken to the name of one fault before loading.
const fault = name => window.broken === name;
const root = document.getElementById(TOY.name);
const all = selector => [...root.querySelectorAll(selector)];
const one = selector => root.querySelector(selector);
let values = {...TOY.defaults}, pending = 0, speech = 0;

function compute(changes) {
  const p = {...TOY.defaults, ...changes}, h = TOY.days / TOY.steps;
  const growth = fault('parity') ? p.growth * (1 + 1e-5) : p.growth;
  const slope = n => growth * n * (1 - n / p.capacity) - p.kill * n;
  let n = p.start;
  const cells = [n], time = [0];
  for (let i = 0; i < TOY.steps; i++) {
    const k1 = slope(n), k2 = slope(n + h / 2 * k1), k3 = slope(n + h / 2 * k2), k4 = slope(n + h * k3);
    n = n + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    cells.push(n);
    time.push((i + 1) * h);
  }
  if (fault('failure') && p.growth === 1) return {ok: false, message: 'The solver gave up.', series: {}, readouts: {},
    outcome: '', evaluations: 0, steps: 0};
  const verb = n > p.start ? 'grows' : 'shrinks';
  return {ok: true, message: '', series: {time, cells},
    readouts: {end: {value: n, text: n.toFixed(2) + ' million cells'}},
    outcome: `The tumour ${verb} to ${n.toFixed(2)} million cells by day ${TOY.days}.`,
    evaluations: 4 * TOY.steps, steps: TOY.steps};
}

function curve({time, cells}) {
  const f = TOY.figure, shift = fault('first-render') ? 0.33 : 0;
  return 'M ' + time.map((t, i) => (f.left + (f.right - f.left) * t / TOY.days + shift).toFixed(2) + ' '
    + (f.bottom - (f.bottom - f.top) * cells[i] / 10).toFixed(2)).join(' L ');
}

function draw() {
  pending = 0;
  const result = compute(values);
  for (const input of all('input')) {
    if (fault('number-box') && input.type === 'number') continue;
    input.value = values[input.dataset.parameter];
  }
  const failure = one('.live-failure');
  failure.hidden = result.ok;
  failure.textContent = result.message;
  const path = one('[data-artist=cells]:not(.live-ghost) path');
  path.setAttribute('d', !result.ok ? '' : fault('nan') && values.kill === 1 ? 'M NaN NaN' : curve(result.series));
  one('[data-readout=end]').textContent = !result.ok ? '–' : fault('readout') ? '' : result.readouts.end.text;
  const rows = result.ok ? result.series.time.filter((t, i) => i % 10 === 0)
    .map((t, i) => [String(t), result.series.cells[10 * i].toFixed(4)]) : [];
  one('tbody').innerHTML = rows.map(row => '<tr><td>' + row.join('</td><td>') + '</td></tr>').join('');
  clearTimeout(speech);
  if (!fault('silent')) speech = setTimeout(() => one('.live-outcome').textContent = result.outcome, 100);
}

function set(changes) {
  values = {...values, ...changes};
  if (!pending) pending = requestAnimationFrame(draw);
}
function flush() {
  if (pending) cancelAnimationFrame(pending);
  draw();
}

for (const input of all('input')) input.addEventListener(input.type === 'range' ? 'input' : 'change', () => {
  const wanted = Number(input.value), {min, max} = input;
  if (input.value === '') return flush();
  if (fault('stale') && pending) return;  // drops a press that comes before the frame of the last one
  set({[input.dataset.parameter]: fault('unclamped') ? wanted : Math.min(Math.max(wanted, min), max)});
});
for (const button of all('[data-preset]')) button.addEventListener('click', () => {
  if (!fault('preset')) set({...TOY.defaults, ...JSON.parse(button.dataset.preset)});
});
const actions = {
  reset: () => set(fault('reset') ? {kill: TOY.defaults.kill} : TOY.defaults),
  keep: () => {
    const ghosts = all('.live-ghost');
    if (ghosts.length) return fault('keep') || ghosts.forEach(ghost => ghost.remove());
    const ghost = one('[data-artist=cells]').cloneNode(true);
    ghost.classList.add('live-ghost');
    one('svg').append(ghost);
  },
  link: () => {
    const query = Object.entries(values).map(([name, value]) =>
      `${TOY.name}.${name}=${fault('link') ? value.toFixed(1) : value}`).join('&');
    navigator.clipboard.writeText(location.href.split(/[?#]/)[0] + '?' + query + '#' + TOY.name);
  },
  large: () => {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Large view');
    dialog.style.cssText = 'width: 95vw; max-width: none';
    root.replaceWith(dialog);
    dialog.append(root);
    root.style.maxWidth = 'none';
    dialog.addEventListener('close', () => {
      root.style.maxWidth = '';
      dialog.replaceWith(root);
      if (!fault('focus-lost')) one('[data-action=large]').focus();
    });
    dialog.addEventListener('cancel', event => fault('no-escape') && event.preventDefault());
    dialog.showModal();
  },
  csv: () => {
    const rows = [...one('table').rows].map(row => [...row.cells].map(cell => cell.textContent).join(','));
    if (fault('csv')) rows.pop();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([rows.join('\n') + '\n'], {type: 'text/csv'}));
    link.download = TOY.name + '.csv';
    link.click();
  },
};
for (const button of all('[data-action]')) button.addEventListener('click', actions[button.dataset.action]);
if (fault('controls')) one('.live-more').replaceWith(one('.live-more .live-control'), one('.live-control').cloneNode(true));
if (fault('touch')) for (const range of all('input[type=range]')) range.style.pointerEvents = 'none';

for (const [key, text] of new URLSearchParams(location.search)) {
  const [name, parameter] = key.split('.');
  if (name === TOY.name && parameter in values) values[parameter] = Number(text);
}
all('input, button').forEach(control => control.disabled = false);
flush();
window.immunolab = {
  names: () => [TOY.name],
  get: () => ({ready: root.dataset.ready === 'true', get values() { return {...values}; }, set, flush, compute}),
};
root.dataset.ready = 'true';
if (fault('console')) setTimeout(() => one('[type=range]').addEventListener('input', () => undefined.value));
