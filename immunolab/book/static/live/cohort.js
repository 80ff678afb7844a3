/* Virtual patients in two arms, as in immunolab/cohort.py: the same hash for the random numbers,
   the same fixed steps, and survival statistics of our own, which the tests compare with lifelines. */
(function (lab) {
  "use strict";

  function mixed(x) {
    x ^= x >>> 16;
    x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846ca68b);
    return (x ^ (x >>> 16)) >>> 0;
  }

  function uniform(seed, patient, draw) {
    var state = mixed((seed + 0x9e3779b9) >>> 0);
    state = mixed((state + patient) >>> 0);
    state = mixed((state + draw) >>> 0);
    return (state + 0.5) / 4294967296;
  }

  function normal(seed, patient, draw) {
    var radius = Math.sqrt(-2 * Math.log(uniform(seed, patient, 2 * draw)));
    return radius * Math.cos(2 * Math.PI * uniform(seed, patient, 2 * draw + 1));
  }

  // ---- one patient ----------------------------------------------------------------------------------

  /* Return a function that runs one patient and gives the time of the event, or Infinity. The work
     arrays are made once: five hundred patients must fit into one frame. */
  function runner(model, code) {
    var n = model.states.length, start = model.span[0], end = model.span[1];
    var steps = Math.round((end - start) / model.step), h = (end - start) / steps;
    var y = new Float64Array(n), stage = new Float64Array(n), next = new Float64Array(n);
    var k1 = new Float64Array(n), k2 = new Float64Array(n), k3 = new Float64Array(n), k4 = new Float64Array(n);
    var g = new Float64Array(1), half = 0.5 * h, sixth = h / 6, rules = code.extinctions || [];
    var rhs = code.rhs, event = code.event, level = [0];
    return function (p) {
      var i, step;
      code.initial(p, y);
      var below = rules.map(function (rule) { rule.below(p, level); return level[0]; });
      event(start, y, p, g);
      var before = g[0];
      if (before >= 0) return start;
      for (step = 0; step < steps; step++) {
        var t = start + step * h;
        rhs(t, y, p, k1);
        for (i = 0; i < n; i++) stage[i] = y[i] + half * k1[i];
        rhs(t + half, stage, p, k2);
        for (i = 0; i < n; i++) stage[i] = y[i] + half * k2[i];
        rhs(t + half, stage, p, k3);
        for (i = 0; i < n; i++) stage[i] = y[i] + h * k3[i];
        rhs(t + h, stage, p, k4);
        for (i = 0; i < n; i++) next[i] = y[i] + sixth * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
        for (i = 0; i < rules.length; i++) {
          var s = rules[i].state;
          if (next[s] < below[i] && next[s] < y[s]) next[s] = 0;
        }
        var swap = y; y = next; next = swap;
        event(start + (step + 1) * h, y, p, g);
        if (g[0] >= 0) return t + h * (before / (before - g[0]));
        before = g[0];
      }
      return Infinity;
    };
  }

  function followArm(model, code, shared, seed, dropout, arm, run) {
    var half = Math.floor(model.size / 2), end = model.span[1];
    var z = new Float64Array(model.draws), p = new Float64Array(shared.length);
    var own = new Float64Array(code.personalTargets.length);
    var settings = code.arms[arm], changed = new Float64Array(settings.targets.length), patients = [];
    for (var k = 0; k < half; k++) {
      var patient = arm * half + k, d;
      for (d = 0; d < model.draws; d++) z[d] = normal(seed, patient, d);
      p.set(shared);
      code.personal(shared, z, own);
      for (d = 0; d < own.length; d++) p[code.personalTargets[d]] = own[d];
      settings.settings(p, changed);
      for (d = 0; d < changed.length; d++) p[settings.targets[d]] = changed[d];
      var event = run(p);
      var censored = Math.min(-Math.log(uniform(seed, patient, 2 * model.draws)) / dropout, end);
      patients.push({ time: Math.min(event, censored), event: event <= censored, arm: arm });
    }
    return patients;
  }

  // ---- statistics -----------------------------------------------------------------------------------

  function byTime(a, b) { return a.time - b.time; }

  function kaplanMeier(patients, start, end) {
    var sorted = patients.slice().sort(byTime), atRisk = sorted.length, level = 1, area = 0, events = 0;
    var time = [start], survival = [1], marks = [], markLevel = [], last = start, i = 0;
    while (i < sorted.length) {
      var t = sorted[i].time, died = 0, left = 0;
      while (i < sorted.length && sorted[i].time === t) {
        if (sorted[i].event) died++; else left++;
        i++;
      }
      if (died) {
        area += level * (t - last);
        last = t;
        time.push(t, t);
        survival.push(level);
        level *= 1 - died / atRisk;
        survival.push(level);
        events += died;
      }
      if (left && t < end) for (var m = 0; m < left; m++) { marks.push(t); markLevel.push(level); }
      atRisk -= died + left;
    }
    time.push(end);
    survival.push(level);
    return {
      time: time, survival: survival, censored_time: marks, censored_survival: markLevel,
      events: [events], restricted_mean: [area + level * (end - last)]
    };
  }

  /* Cox's partial likelihood for one yes-or-no covariate, by Newton's method. Event times are real
     numbers, so ties do not occur and need no correction. */
  function hazardRatio(control, treated) {
    var nothing = { hazard_ratio: [0], hazard_ratio_low: [0], hazard_ratio_high: [0] };
    function hasEvent(patient) { return patient.event; }
    if (!control.some(hasEvent) || !treated.some(hasEvent)) return nothing;
    var all = control.concat(treated).sort(byTime).reverse(), beta = 0, information = 0;
    for (var round = 0; round < 60; round++) {
      var score = 0, ratio = Math.exp(beta), atRisk = [0, 0];
      information = 0;
      for (var i = 0; i < all.length; i++) {
        atRisk[all[i].arm]++;
        if (!all[i].event) continue;
        var share = atRisk[1] * ratio / (atRisk[0] + atRisk[1] * ratio);
        score += all[i].arm - share;
        information += share * (1 - share);
      }
      if (!(information > 0)) return nothing;
      var step = score / information;
      beta += step;
      if (Math.abs(step) < 1e-12) break;
    }
    if (!(Math.abs(beta) < 15)) return nothing;
    var error = 1.959963984540054 / Math.sqrt(information);
    return {
      hazard_ratio: [Math.exp(beta)],
      hazard_ratio_low: [Math.exp(beta - error)],
      hazard_ratio_high: [Math.exp(beta + error)]
    };
  }

  lab.solveCohort = function (model, code, values) {
    var shared = Float64Array.from(model.patient, function (name) {
      return name in values ? values[name] : model.patientDefaults[name];
    });
    var run = runner(model, code), series = { risk_time: model.riskTimes }, arms = [];
    model.arms.forEach(function (name, arm) {
      var patients = followArm(model, code, shared, values.seed, values.dropout, arm, run);
      var curve = kaplanMeier(patients, model.span[0], model.span[1]);
      curve.at_risk = model.riskTimes.map(function (t) {
        return patients.filter(function (patient) { return patient.time >= t; }).length;
      });
      Object.keys(curve).forEach(function (key) { series[key + "_" + name] = curve[key]; });
      arms.push(patients);
    });
    Object.assign(series, hazardRatio(arms[0], arms[1]));
    series.restricted_mean_difference = [
      series["restricted_mean_" + model.arms[1]][0] - series["restricted_mean_" + model.arms[0]][0]
    ];
    return { series: series, steps: 0, evaluations: 0 };
  };
})(window.immunolab = window.immunolab || {});
