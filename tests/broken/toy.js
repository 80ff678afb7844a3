// The page half of toy.py. A test sets window.broken to the name of one fault before loading.
const fault = name => window.broken === name;
const root = document.getElementById(TOY.name);
const all = selector => [...root.querySelectorAll(selector)];
const one = selector => root.querySelector(selector);
let values = {...TOY.defaults}, pending = 0, speech = 0, moved = false;

function compute(changes) {
  const p = {...TOY.defaults, ...changes}, h = TOY.days / TOY.steps;
  if (fault('dead')) p.kill = TOY.defaults.kill;
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
  const path = one('[data-artist=cells] path:not(.live-ghost)');
  path.setAttribute('d', !result.ok ? '' : fault('nan') && values.kill === 1 ? 'M NaN NaN' : curve(result.series));
  one('.live-now').textContent = !result.ok ? '–' : fault('readout') ? '' : result.readouts.end.text;
  for (const input of all('input[type=range]')) input.setAttribute('aria-valuetext', fault('spoken') ? 'some' : values[input.dataset.parameter] + ' units');
  for (const button of all('[data-preset]')) {
    const chosen = {...TOY.defaults, ...JSON.parse(button.dataset.preset)};
    button.setAttribute('aria-pressed', !fault('pressed') && Object.keys(chosen).every(key => chosen[key] === values[key]));
  }
  const rows = result.ok ? result.series.time.filter((t, i) => i % 10 === 0)
    .map((t, i) => [String(t), result.series.cells[10 * i].toFixed(4)]) : [];
  if (!fault('stale-table')) one('tbody').innerHTML = rows.map(row => '<tr><td>' + row.join('</td><td>') + '</td></tr>').join('');
  if (!fault('outcome')) one('.live-outcome').textContent = result.outcome;
  clearTimeout(speech);
  const speak = () => one('p.live-announcement').textContent = result.outcome;
  if (!fault('silent') && (moved || fault('talkative'))) speech = setTimeout(speak, fault('chatter') ? 100 : 600);
  moved = true;
}

function set(changes) {
  values = {...values, ...changes};
  if (!pending) pending = requestAnimationFrame(draw);
}
function flush() {
  if (pending) cancelAnimationFrame(pending);
  draw();
}

function note(text) {
  one('.live-note').textContent = fault('noteless') ? '' : text;
  one('.live-note').hidden = !text;
}

for (const input of all('input')) input.addEventListener(input.type === 'range' ? 'input' : 'change', () => {
  const wanted = Number(input.value), {min, max} = input, name = input.dataset.parameter;
  note(input.value === '' ? `Not a number; it stays at ${values[name]}.`
    : wanted < min ? `Set to ${min}.` : wanted > max ? `Set to ${max}.` : '');
  if (input.value === '') return flush();
  if (fault('stale') && pending) return;  // drops a press that comes before the frame of the last one
  set({[input.dataset.parameter]: fault('unclamped') ? wanted : Math.min(Math.max(wanted, min), max)});
});
for (const button of all('[data-preset]')) button.addEventListener('click', () => {
  if (!fault('preset')) set({...TOY.defaults, ...JSON.parse(button.dataset.preset)});
});
function forget() {
  all('.live-ghost').forEach(ghost => ghost.remove());
  one('.live-kept').textContent = '';
  if (document.activeElement === one('[data-action=forget]')) one('[data-action=keep]').focus();
  one('[data-action=forget]').hidden = true;
}

const actions = {
  reset: () => {
    if (!fault('reset-kept')) forget();
    set(fault('reset') ? {kill: TOY.defaults.kill} : TOY.defaults);
  },
  keep: () => {
    if (!fault('pile')) forget();
    const path = one('[data-artist=cells] path:not(.live-ghost)'), ghost = path.cloneNode();
    ghost.setAttribute('class', 'live-ghost');
    path.before(ghost);
    if (!fault('kept-words')) one('.live-kept').textContent = 'kept: ' + one('.live-now').textContent;
    one('[data-action=forget]').hidden = false;
  },
  forget: () => fault('keep') || forget(),
  link: () => {
    const query = Object.entries(values).map(([name, value]) =>
      `${TOY.name}.${name}=${fault('link') ? value.toFixed(1) : value}`).join('&');
    navigator.clipboard.writeText(location.href.split(/[?#]/)[0] + '?' + query + '#' + TOY.name);
  },
  large: () => {
    const open = root.classList.toggle('live-large'), button = one('[data-action=large]');
    for (let node = root; node !== document.body; node = node.parentElement)
      for (const sibling of node.parentElement.children) if (sibling !== node && !fault('leaky')) sibling.inert = open;
    button.textContent = open && !fault('large-label') ? 'Close large view' : 'Large view';
    fault('focus-lost') ? button.blur() : button.focus();
  },
  csv: () => {
    const {time, cells} = compute(values).series, every = fault('csv') ? 2 : 1;
    const rows = time.map((t, i) => [t, cells[i]]).filter((_, i) => i % every === 0);
    const head = [...one('table').rows[0].cells].map(cell => cell.textContent).join(',');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([[head, ...rows].join('\n') + '\n'], {type: 'text/csv'}));
    link.download = TOY.name + '.csv';
    link.click();
  },
};
(fault('escape-inside') ? root : document).addEventListener('keydown', event => {
  if (event.key === 'Escape' && root.classList.contains('live-large') && !fault('no-escape')) actions.large();
});
for (const button of all('[data-action]')) button.addEventListener('click', actions[button.dataset.action]);
if (fault('controls')) one('.live-more').replaceWith(one('.live-more .live-control'), one('.live-control').cloneNode(true));
if (fault('read-twice')) one('.live-outcome').setAttribute('role', 'status');
if (fault('touch')) for (const range of all('input[type=range]')) range.style.pointerEvents = 'none';

for (const [key, text] of new URLSearchParams(location.search)) {
  const [name, parameter] = key.split('.');
  if (name === TOY.name && parameter in values) values[parameter] = Number(text);
}
all('input, button').forEach(control => control.disabled = false);
flush();
window.immunolab = {
  names: () => [TOY.name],
  get: () => ({ready: root.dataset.ready === 'true', get values() { return {...values}; }, set, flush, compute,
    page: {table: [{name: 'time'}, {name: 'cells'}]}}),
};
root.dataset.ready = 'true';
if (fault('console')) setTimeout(() => one('[type=range]').addEventListener('input', () => undefined.value));
