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

  /* The first half of the hash apart, since a grid asks many times at the same site. */
  lab.chanceAt = function (seed, place) {
    return mixed((mixed((seed + 0x9e3779b9) >>> 0) + place) >>> 0);
  };

  function uniform(seed, patient, draw) {
    return (mixed((lab.chanceAt(seed, patient) + draw) >>> 0) + 0.5) / 4294967296;
  }

  function normal(seed, patient, draw) {
    var radius = Math.sqrt(-2 * Math.log(uniform(seed, patient, 2 * draw)));
    return radius * Math.cos(2 * Math.PI * uniform(seed, patient, 2 * draw + 1));
  }

  // ---- one patient ----------------------------------------------------------------------------------

  /* Return a function that runs one patient and gives the time of the event, or Infinity. The work
     arrays are made once: five hundred patients must fit into one frame. */
  function runner(model, code, shared) {
    var n = model.states.length, start = model.span[0];
    var y = new Float64Array(n), stage = new Float64Array(n), next = new Float64Array(n);
    var k1 = new Float64Array(n), k2 = new Float64Array(n), k3 = new Float64Array(n), k4 = new Float64Array(n);
    var g = new Float64Array(1), rules = code.extinctions || [], level = [0];
    var rhs = code.rhs, event = code.event, steps = fixedSteps(model, code, shared);
    return function (p) {
      var i, k;
      code.initial(p, y);
      var below = rules.map(function (rule) { rule.below(p, level); return level[0]; });
      event(start, y, p, g);
      var before = g[0];
      if (before >= 0) return start;
      for (k = 0; k < steps.length; k += 3) {
        var t = steps[k], after = steps[k + 1], last = steps[k + 2];
        var h = after - t, half = 0.5 * h, sixth = h / 6, middle = t + half;
        if (middle > last) middle = last;
        var end = t + h > last ? last : t + h;
        rhs(t, y, p, k1);
        for (i = 0; i < n; i++) stage[i] = y[i] + half * k1[i];
        rhs(middle, stage, p, k2);
        for (i = 0; i < n; i++) stage[i] = y[i] + half * k2[i];
        rhs(middle, stage, p, k3);
        for (i = 0; i < n; i++) stage[i] = y[i] + h * k3[i];
        rhs(end, stage, p, k4);
        for (i = 0; i < n; i++) next[i] = y[i] + sixth * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
        for (i = 0; i < rules.length; i++) {
          var s = rules[i].state;
          if (next[s] < below[i] && next[s] < y[s]) next[s] = 0;
        }
        var swap = y; y = next; next = swap;
        event(after, y, p, g);
        if (!isFinite(g[0])) {
          throw new lab.Failure("A virtual patient could not be followed past " + lab.rounded(t, 3) + " " +
            model.unit + " at these settings. Move a slider back, or press Reset.");
        }
        if (g[0] >= 0) return t + h * (before / (before - g[0]));
        before = g[0];
      }
      return Infinity;
    };
  }

  /* Start, end and a time just before the end of the piece, of each step: equal steps between breaks. */
  function fixedSteps(model, code, p) {
    var start = model.span[0], end = model.span[1], edges = [start, end], i, k, steps = [];
    if (code.breaks) {
      var times = new Float64Array(Math.max(1, model.breakCount));
      code.breaks(p, times);
      for (i = 0; i < model.breakCount; i++) if (times[i] > start && times[i] < end) edges.push(times[i]);
    }
    edges.sort(function (a, b) { return a - b; });
    for (i = 1; i < edges.length; i++) {
      var a = edges[i - 1], b = edges[i], last = lab.justBefore(b);
      if (a === b) continue;
      var number = Math.max(1, Math.ceil((b - a) / model.step - 1e-9));
      for (k = 0; k < number; k++) {
        steps.push(a + (b - a) * (k / number), k + 1 < number ? a + (b - a) * ((k + 1) / number) : b, last);
      }
    }
    return steps;
  }

  function followArm(model, code, shared, seed, dropout, arm, run) {
    var half = Math.floor(model.size / 2), start = model.span[0], end = model.span[1];
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
      var lost = start - Math.log(uniform(seed, patient, 2 * model.draws)) / dropout;
      var censored = Math.min(lost, end);
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

  /* Cox's partial likelihood for one yes-or-no covariate, by Newton's method; ties as Efron has them. */
  function hazardRatio(control, treated) {
    var nothing = { hazard_ratio: [0], hazard_ratio_low: [0], hazard_ratio_high: [0] };
    function hasEvent(patient) { return patient.event; }
    if (!control.some(hasEvent) || !treated.some(hasEvent)) return nothing;
    var all = control.concat(treated).sort(byTime).reverse(), beta = 0, information = 0;
    for (var round = 0; round < 60; round++) {
      var score = 0, ratio = Math.exp(beta), atRisk = [0, 0], i = 0;
      information = 0;
      while (i < all.length) {
        var died = [0, 0], t = all[i].time;
        for (; i < all.length && all[i].time === t; i++) {
          atRisk[all[i].arm]++;
          if (all[i].event) died[all[i].arm]++;
        }
        var deaths = died[0] + died[1];
        score += died[1];
        for (var d = 0; d < deaths; d++) {
          var inControl = atRisk[0] - d / deaths * died[0], inTreated = (atRisk[1] - d / deaths * died[1]) * ratio;
          var share = inTreated / (inControl + inTreated);
          score -= share;
          information += share * (1 - share);
        }
      }
      if (!(information > 0)) return nothing;
      var step = score / information;
      beta += step;
      if (!(Math.abs(step) > 1e-12)) break;
    }
    if (!(Math.abs(beta) < 15)) return nothing;
    var error = 1.959963984540054 / Math.sqrt(information);
    return {
      hazard_ratio: [Math.exp(beta)],
      hazard_ratio_low: [Math.exp(beta - error)],
      hazard_ratio_high: [Math.exp(beta + error)]
    };
  }

  // For whoever has times of their own, and for the tests that compare these with lifelines.
  lab.survival = { kaplanMeier: kaplanMeier, hazardRatio: hazardRatio };

  lab.solveCohort = function (model, code, values) {
    var shared = Float64Array.from(model.patient, function (name) {
      return name in values ? values[name] : model.patientDefaults[name];
    });
    var run = runner(model, code, shared), series = { risk_time: model.riskTimes }, arms = [];
    model.arms.forEach(function (name, arm) {
      var patients = followArm(model, code, shared, values.seed, values.dropout, arm, run);
      var curve = kaplanMeier(patients, model.span[0], model.span[1]);
      curve.share = model.riskTimes.map(function (t) {
        // The last corner of the steps that is not after t.
        var level = 1;
        for (var i = 0; i < curve.time.length && curve.time[i] <= t; i++) level = curve.survival[i];
        return level;
      });
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
