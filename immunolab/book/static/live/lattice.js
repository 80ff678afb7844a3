/* A grid of sites, as in immunolab/lattice.py: the same hash for chance, the traced rules site by
   site. Fields have a border of zeros, so that no rule asks whether there is a neighbour. */
(function (lab) {
  "use strict";

  /* Clock apart, the same settings give the same run: moving the clock only chooses a picture. */
  var runs = new WeakMap(); // the last run of each traced model

  lab.solveGrid = function (model, code, values) {
    var free = Object.assign({}, values);
    delete free[model.clock];
    var key = JSON.stringify(free), last = runs.get(code);
    if (!last || last.key !== key) {
      last = { key: key, run: follow(model, code, values) };
      runs.set(code, last);
    }
    var series = Object.assign({}, last.run.counts);
    series.picture = last.run.pictures[Math.floor(values[model.clock])]; // between two steps the last one
    return { series: series, steps: model.steps, evaluations: 0 };
  };

  function follow(model, code, values) {
    var p = Float64Array.from(model.parameters, function (name) { return values[name]; });
    var size = model.shape[0] * model.shape[1], room = (model.shape[0] + 2) * (model.shape[1] + 2);
    var fields = model.fields.map(function () { return new Float64Array(room); });
    var spare = model.fields.map(function () { return new Float64Array(room); });
    var chances = new Int32Array(size), sums = new Float64Array(model.counts.length);
    var asked = 0, counts = { t: new Float64Array(model.steps + 1) }, pictures = [], i;

    /* All sites change at once: the new values are written beside the old ones, then take their place. */
    function change(part, draws) {
      part.rule(fields, spare, p, chances, asked);
      asked += draws;
      part.targets.forEach(function (target) {
        var swap = fields[target];
        fields[target] = spare[target];
        spare[target] = swap;
      });
    }

    function look(step) {
      var picture = new Float64Array(size);
      code.count(fields, p, sums);
      code.picture(fields, p, picture);
      counts.t[step] = step;
      model.counts.forEach(function (name, k) { counts[name][step] = sums[k]; });
      pictures.push(picture);
    }

    for (i = 0; i < size; i++) chances[i] = lab.chanceAt(values.seed, i);
    for (i = 0; i < room; i++) {
      var x = i % (model.shape[1] + 2), y = Math.floor(i / (model.shape[1] + 2));
      fields[model.inside][i] = x > 0 && x <= model.shape[1] && y > 0 && y <= model.shape[0] ? 1 : 0;
    }
    model.counts.forEach(function (name) { counts[name] = new Float64Array(model.steps + 1); });
    change(code.initial, model.initialDraws);
    look(0);
    for (var step = 1; step <= model.steps; step++) {
      code.phases.forEach(function (phase, k) { change(phase, model.draws[k]); });
      look(step);
    }
    return { counts: counts, pictures: pictures };
  }
})(window.immunolab = window.immunolab || {});
