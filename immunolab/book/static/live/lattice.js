/* A grid of sites, as in immunolab/lattice.py: the same hash for chance, the traced rules site by
   site. Fields have a border of zeros, so that no rule asks whether there is a neighbour. */
(function (lab) {
  "use strict";

  /* Clock apart, the same settings give the same run: moving the clock only chooses a picture. */
  var last = { key: "", run: null };

  lab.solveGrid = function (model, code, values) {
    var free = Object.assign({}, values);
    delete free[model.clock];
    var key = JSON.stringify([model.name, free]);
    if (last.key !== key) last = { key: key, run: follow(model, code, values) };
    var series = Object.assign({}, last.run.counts);
    series.picture = last.run.pictures[Math.round(values[model.clock])];
    return { series: series, steps: model.steps, evaluations: 0 };
  };

  function follow(model, code, values) {
    var p = Float64Array.from(model.parameters, function (name) { return values[name]; });
    var rows = model.shape[0], columns = model.shape[1], width = columns + 2, room = (rows + 2) * width;
    var fields = model.fields.map(function () { return new Float64Array(room); });
    var spare = model.fields.map(function () { return new Float64Array(room); });
    var states = new Uint32Array(rows * columns), chance = new Float64Array(16), o = new Float64Array(16);
    var asked = 0, counts = { t: new Float64Array(model.steps + 1) }, pictures = [];
    var number, i, j, x, y;

    function each(draws, visit) {
      for (y = 0, number = 0; y < rows; y++) {
        for (x = 0, i = (y + 1) * width + 1; x < columns; x++, i++, number++) {
          for (j = 0; j < draws; j++) chance[j] = lab.uniformAfter(states[number], asked + j);
          visit();
        }
      }
      asked += draws;
    }

    /* All sites change at once: the new values are written beside the old ones, then take their place. */
    function write(targets, draws, rule) {
      each(draws, function () {
        rule();
        for (j = 0; j < targets.length; j++) spare[targets[j]][i] = o[j];
      });
      targets.forEach(function (target) {
        var swap = fields[target];
        fields[target] = spare[target];
        spare[target] = swap;
      });
    }

    function look(step) {
      var sums = new Float64Array(model.counts.length), picture = new Float64Array(rows * columns);
      each(0, function () {
        code.count(fields, i, p, o);
        for (j = 0; j < sums.length; j++) sums[j] += o[j];
        code.picture(fields, i, p, o);
        picture[number] = o[0];
      });
      counts.t[step] = step;
      model.counts.forEach(function (name, k) { counts[name][step] = sums[k]; });
      pictures.push(picture);
    }

    model.counts.forEach(function (name) { counts[name] = new Float64Array(model.steps + 1); });
    for (i = 0; i < states.length; i++) states[i] = lab.chanceAt(values.seed, i);
    each(0, function () { fields[model.inside][i] = 1; });
    write(code.initial.targets, model.initialDraws, function () { code.initial.rule(x, y, chance, p, o); });
    look(0);
    for (var step = 1; step <= model.steps; step++) {
      code.phases.forEach(function (phase, k) {
        write(phase.targets, model.draws[k], function () { phase.rule(fields, i, chance, p, o); });
      });
      look(step);
    }
    return { counts: counts, pictures: pictures };
  }
})(window.immunolab = window.immunolab || {});
