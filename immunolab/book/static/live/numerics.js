/* Solvers for the page. Each follows the same contract as immunolab/solve.py, which uses SciPy:
   the tests run both on the same settings and compare every number.

   A classic script without dependencies, so that the book also works from a USB stick: browsers
   refuse modules and fetch on file:// pages. */
(function (lab) {
  "use strict";

  function Failure(message) { this.message = message; }
  lab.Failure = Failure;

  function lost(t, model) {
    return new Failure("The model could not be followed past " + lab.rounded(t, 3) + " " +
      model.unit + " at these settings. Move a slider back, or press Reset.");
  }

  // ---- Dormand-Prince 5(4), step for step as SciPy's RK45 -------------------------------------

  var C = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1];
  var A = [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656]
  ];
  var B = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84];
  var E = [-71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40];
  var P = [
    [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
    [0, 0, 0, 0],
    [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
    [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
    [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
    [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
    [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423]
  ];

  function norm(values, scale) {
    var sum = 0;
    for (var i = 0; i < values.length; i++) {
      var v = values[i] / scale[i];
      sum += v * v;
    }
    return Math.sqrt(sum) / Math.sqrt(values.length);
  }

  function scaleOf(y, other, rtol, atol) {
    var scale = new Float64Array(y.length);
    for (var i = 0; i < y.length; i++) {
      scale[i] = atol + Math.max(Math.abs(y[i]), Math.abs(other[i])) * rtol;
    }
    return scale;
  }

  function firstStep(rhs, t, y, stop, f, rtol, atol) {
    var n = y.length, length = stop - t, scale = scaleOf(y, y, rtol, atol);
    var d0 = norm(y, scale), d1 = norm(f, scale);
    var h0 = Math.min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1, length);
    var y1 = new Float64Array(n), f1 = new Float64Array(n), change = new Float64Array(n);
    for (var i = 0; i < n; i++) y1[i] = y[i] + h0 * f[i];
    rhs(t + h0, y1, f1);
    for (i = 0; i < n; i++) change[i] = f1[i] - f[i];
    var d2 = norm(change, scale) / h0;
    var h1 = d1 <= 1e-15 && d2 <= 1e-15 ? Math.max(1e-6, h0 * 1e-3)
      : Math.pow(0.01 / Math.max(d1, d2), 1 / 5);
    return Math.min(100 * h0, h1, length);
  }

  function spacing(t) {
    return t === 0 ? 5e-324 : Math.pow(2, Math.floor(Math.log2(Math.abs(t))) - 52);
  }

  /* Integrate from t to stop. After each step `seen(start, end, at)` may return an earlier time at
     which to end the piece; `at(time, into)` interpolates within the step. */
  function explicitPiece(rhs, model, work, t, y, stop, seen) {
    var n = y.length, K = [], i, j, s;
    for (s = 0; s < 7; s++) K.push(new Float64Array(n));
    rhs(t, y, K[0]);
    var h = firstStep(rhs, t, y, stop, K[0], model.rtol, model.atol);
    var stage = new Float64Array(n), error = new Float64Array(n), next = new Float64Array(n);
    while (t < stop) {
      var least = 10 * spacing(t), rejected = false, accepted = false, end;
      h = Math.max(h, least);
      while (!accepted) {
        if (!(h >= least)) throw lost(t, model);
        end = t + h;
        if (end > stop) end = stop;
        var step = end - t;
        h = Math.abs(step);
        for (s = 1; s < 6; s++) {
          for (i = 0; i < n; i++) {
            var sum = 0;
            for (j = 0; j < s; j++) sum += K[j][i] * A[s][j];
            stage[i] = y[i] + sum * step;
          }
          rhs(t + C[s] * step, stage, K[s]);
        }
        next = new Float64Array(n);
        for (i = 0; i < n; i++) {
          sum = 0;
          for (s = 0; s < 6; s++) sum += K[s][i] * B[s];
          next[i] = y[i] + step * sum;
        }
        rhs(t + step, next, K[6]);
        for (i = 0; i < n; i++) {
          sum = 0;
          for (s = 0; s < 7; s++) sum += K[s][i] * E[s];
          error[i] = sum * step;
        }
        var size = norm(error, scaleOf(y, next, model.rtol, model.atol));
        if (size < 1) {
          var factor = size === 0 ? 10 : Math.min(10, 0.9 * Math.pow(size, -0.2));
          h *= rejected ? Math.min(1, factor) : factor;
          accepted = true;
        } else {
          // Not a number counts as an error too large, as it does in SciPy.
          h *= size >= 1 ? Math.max(0.2, 0.9 * Math.pow(size, -0.2)) : 0.2;
          rejected = true;
        }
      }
      if (++work.steps > model.maxSteps) throw lost(t, model);
      var at = interpolant(K, t, end, y);
      var cut = seen(t, end, at, next);
      if (cut !== null) {
        at(cut, next);
        return { t: cut, y: next };
      }
      t = end;
      y = next;
      K[0].set(K[6]);
    }
    return { t: t, y: y };
  }

  function interpolant(K, start, end, y) {
    var n = y.length, h = end - start, Q = [];
    for (var i = 0; i < n; i++) {
      var row = [0, 0, 0, 0];
      for (var s = 0; s < 7; s++) for (var k = 0; k < 4; k++) row[k] += K[s][i] * P[s][k];
      Q.push(row);
    }
    return function (time, into) {
      var x = (time - start) / h, x2 = x * x, x3 = x2 * x, x4 = x3 * x;
      for (var i = 0; i < n; i++) {
        var q = Q[i];
        into[i] = y[i] + h * (q[0] * x + q[1] * x2 + q[2] * x3 + q[3] * x4);
      }
    };
  }

  // ---- stiff models: extrapolated linearly implicit Euler (Deuflhard's method, order 7) ---------

  function factorise(matrix, n) {
    var lu = Float64Array.from(matrix), order = [], i, j, k;
    for (i = 0; i < n; i++) order.push(i);
    for (k = 0; k < n; k++) {
      var best = k;
      for (i = k + 1; i < n; i++) if (Math.abs(lu[i * n + k]) > Math.abs(lu[best * n + k])) best = i;
      if (best !== k) {
        for (j = 0; j < n; j++) {
          var swap = lu[k * n + j]; lu[k * n + j] = lu[best * n + j]; lu[best * n + j] = swap;
        }
        var o = order[k]; order[k] = order[best]; order[best] = o;
      }
      for (i = k + 1; i < n; i++) {
        var factor = lu[i * n + k] /= lu[k * n + k];
        for (j = k + 1; j < n; j++) lu[i * n + j] -= factor * lu[k * n + j];
      }
    }
    return function (right) {
      var x = new Float64Array(n), i, j;
      for (i = 0; i < n; i++) {
        x[i] = right[order[i]];
        for (j = 0; j < i; j++) x[i] -= lu[i * n + j] * x[j];
      }
      for (i = n - 1; i >= 0; i--) {
        for (j = i + 1; j < n; j++) x[i] -= lu[i * n + j] * x[j];
        x[i] /= lu[i * n + i];
      }
      return x;
    };
  }

  var COLUMNS = 7;

  function stiffPiece(rhs, jacobian, model, work, t, y, stop, nextOutput, seen) {
    var n = y.length, J = new Float64Array(n * n), h = 1e-4 * (stop - t), f = new Float64Array(n);
    while (t < stop) {
      var wanted = Math.min(nextOutput(t), stop), step = Math.min(h, wanted - t), table = [], last;
      jacobian(t, y, J);
      // Each state in units of what counts for it: else rounding in a state of billions would be an
      // error of many cells in one that is empty.
      var unit = scaleOf(y, y, model.rtol, model.atol);
      for (var j = 0; j < COLUMNS; j++) {
        var substeps = j + 1, d = step / substeps, matrix = new Float64Array(n * n), value = y.slice();
        for (var i = 0; i < n * n; i++) {
          var own = Math.floor(i / n), by = i % n;
          matrix[i] = (own === by ? 1 : 0) - d * J[i] * unit[by] / unit[own];
        }
        var solve = factorise(matrix, n);
        for (var m = 1; m <= substeps; m++) {
          rhs(t + m * d, value, f);
          for (i = 0; i < n; i++) f[i] *= d / unit[i];
          var change = solve(f);
          for (i = 0; i < n; i++) value[i] += change[i] * unit[i];
        }
        var row = [value];
        for (var k = 1; k <= j; k++) {
          var ratio = substeps / (substeps - k) - 1, better = new Float64Array(n);
          for (i = 0; i < n; i++) better[i] = row[k - 1][i] + (row[k - 1][i] - table[j - 1][k - 1][i]) / ratio;
          row.push(better);
        }
        table.push(row);
        last = row;
      }
      var error = new Float64Array(n), next = last[COLUMNS - 1];
      for (i = 0; i < n; i++) error[i] = next[i] - last[COLUMNS - 2][i];
      var size = norm(error, scaleOf(y, next, model.rtol, model.atol));
      if (++work.steps > model.maxSteps || step < spacing(t)) throw lost(t, model);
      var factor = size > 0 ? 0.9 * Math.pow(size, -1 / COLUMNS) : size === 0 ? 4 : 0.2;
      if (size <= 1) {
        // A step cut short by an output time says nothing against a longer next one.
        h = Math.max(h, step * Math.min(4, factor));
        if (step < h && factor < 1) h = step * factor;
        t = step === wanted - t ? wanted : t + step;
        y = next;
        seen(t, y);
      } else {
        h = step * Math.max(0.1, Math.min(0.9, factor || 0.1));
      }
    }
    return { t: t, y: y };
  }

  // ---- a whole run --------------------------------------------------------------------------------

  function boundaries(model, code, p) {
    var times = [], buffer = new Float64Array(Math.max(1, model.breakCount)), i;
    if (code.breaks) {
      code.breaks(p, buffer);
      for (i = 0; i < model.breakCount; i++) times.push(buffer[i]);
    }
    jumpTimes(model, code, p).forEach(function (list) { times = times.concat(list); });
    times = times.filter(function (t) { return t > model.span[0] && t < model.span[1]; });
    times.sort(function (a, b) { return a - b; });
    return times.filter(function (t, i) { return i === 0 || t !== times[i - 1]; });
  }

  function jumpTimes(model, code, p) {
    return (code.jumps || []).map(function (jump, k) {
      var buffer = new Float64Array(Math.max(1, model.jumpCounts[k]));
      jump.times(p, buffer);
      return Array.from(buffer.subarray(0, model.jumpCounts[k]));
    });
  }

  lab.justBefore = function (stop) { return stop - 4e-16 * Math.max(1, Math.abs(stop)); };

  lab.grid = function (model) {
    var start = model.span[0], end = model.span[1], grid = new Float64Array(model.points);
    for (var i = 0; i < model.points; i++) grid[i] = start + (end - start) * (i / (model.points - 1));
    return grid;
  };

  lab.solveODE = function (model, code, p) {
    var n = model.states.length, start = model.span[0], end = model.span[1];
    var grid = lab.grid(model), work = { steps: 0, evaluations: 0 }, states = [], i;
    for (i = 0; i < n; i++) states.push(new Float64Array(grid.length));
    var last = Infinity; // a piece ends where the next one's equations begin: look no further
    function rhs(t, y, d) { work.evaluations++; code.rhs(t < last ? t : last, y, p, d); }
    function record(k, y) { for (var i = 0; i < n; i++) states[i][k] = y[i]; }

    var below = (code.extinctions || []).map(function (rule) {
      var level = [0];
      rule.below(p, level);
      return level[0];
    });
    var rates = new Float64Array(n), inside = new Float64Array(n);
    /* Negative once a population dies out: below its threshold, shrinking, and not fed. */
    function survival(rule, k, t, y) {
      rhs(t, y, rates);
      var grown = rates[rule.state], kept = y[rule.state];
      y[rule.state] = 0;
      rhs(t, y, rates);
      y[rule.state] = kept;
      return Math.max(kept - below[k], grown, rates[rule.state] > 0 ? rates[rule.state] : -Infinity);
    }
    function bury(t, y) {
      (code.extinctions || []).forEach(function (rule, k) {
        if (y[rule.state] > 0 && survival(rule, k, t, y) < 0) y[rule.state] = 0;
      });
    }
    function living(t, y) {
      return (code.extinctions || []).map(function (rule, k) { return { rule: rule, k: k }; })
        .filter(function (one) { return y[one.rule.state] > 0; })
        .map(function (one) { one.before = survival(one.rule, one.k, t, y); return one; });
    }

    var y = new Float64Array(n), t = start, jumps = jumpTimes(model, code, p);
    code.initial(p, y);
    boundaries(model, code, p).concat([end]).forEach(function (stop) {
      jumps.forEach(function (times, k) {
        times.forEach(function (time) {
          if (time !== t) return;
          var changed = new Float64Array(n);
          code.jumps[k].change(t, y, p, changed);
          y = changed;
        });
      });
      last = lab.justBefore(stop);
      while (t < stop) {
        bury(t, y);
        rhs(t, y, rates);
        for (i = 0; i < n; i++) if (!isFinite(rates[i])) throw lost(t, model);
        var from = 0, dying = null, watched = living(t, y);
        while (from < grid.length && grid[from] < t) from++;
        if (code.jacobian) {
          if (grid[from] === t) record(from++, y);
          var piece = stiffPiece(rhs, function (t, y, j) { code.jacobian(t, y, p, j); }, model, work, t, y,
            stop, function () { return from < grid.length ? grid[from] : stop; },
            function (t, y) { if (from < grid.length && grid[from] === t) record(from++, y); });
          t = piece.t;
          y = piece.y;
          continue;
        }
        var done = explicitPiece(rhs, model, work, t, y, stop, function (a, b, at, after) {
          var cut = null;
          watched.forEach(function (one) {
            var now = survival(one.rule, one.k, b, after);
            if (one.before >= 0 && now <= 0) {
              var low = a, high = b;
              while (true) {
                var middle = 0.5 * (low + high);
                if (middle <= low || middle >= high) break;
                at(middle, inside);
                if (survival(one.rule, one.k, middle, inside) > 0) low = middle; else high = middle;
              }
              if (cut === null || high < cut) { cut = high; dying = one.rule.state; }
            }
            one.before = now;
          });
          var until = cut === null ? b : cut;
          while (from < grid.length && grid[from] <= until) {
            at(grid[from], inside);
            record(from++, inside);
          }
          return cut;
        });
        t = done.t;
        y = done.y;
        for (i = 0; i < n; i++) if (!isFinite(y[i])) throw lost(t, model);
        if (dying !== null) y[dying] = 0;
      }
    });
    var series = { t: grid };
    model.states.forEach(function (name, i) { series[name] = states[i]; });
    observe(model, code.observe, grid, states, p, series);
    return { series: series, steps: work.steps, evaluations: work.evaluations };
  };

  function observe(model, write, x, states, p, series) {
    if (!write) return;
    var n = states.length, y = new Float64Array(n), o = new Float64Array(model.observables.length);
    model.observables.forEach(function (name) { series[name] = new Float64Array(x.length); });
    for (var k = 0; k < x.length; k++) {
      for (var i = 0; i < n; i++) y[i] = states[i][k];
      write(x[k], y, p, o);
      for (i = 0; i < o.length; i++) series[model.observables[i]][k] = o[i];
    }
  }

  // ---- closed forms and balances ------------------------------------------------------------------

  lab.sweepGrid = function (sweep) {
    var grid = new Float64Array(sweep.points), ratio = Math.log(sweep.high / sweep.low);
    for (var i = 0; i < sweep.points; i++) {
      var share = i / (sweep.points - 1);
      grid[i] = sweep.scale === "log" ? sweep.low * Math.exp(share * ratio)
        : sweep.low + (sweep.high - sweep.low) * share;
    }
    return grid;
  };

  lab.solveFormula = function (model, code, p) {
    var x = lab.sweepGrid(model.sweep), series = {}, o = new Float64Array(model.quantities.length);
    series[model.sweep.name] = x;
    model.quantities.forEach(function (name) { series[name] = new Float64Array(x.length); });
    for (var k = 0; k < x.length; k++) {
      code.formula(x[k], p, o);
      for (var i = 0; i < o.length; i++) series[model.quantities[i]][k] = o[i];
    }
    return { series: series, steps: 0, evaluations: x.length };
  };

  /* Newton's method in logarithms keeps the unknowns positive; a step is at most a factor e^2. */
  lab.solveEquilibrium = function (model, code, p) {
    var n = model.states.length, x = lab.sweepGrid(model.sweep), found = [], evaluations = 0, i, j;
    for (i = 0; i < n; i++) found.push(new Float64Array(x.length));
    var z = new Float64Array(n), r = new Float64Array(n), J = new Float64Array(n * n);
    code.guess(x[0], p, z);
    for (var k = 0; k < x.length; k++) {
      var settled = false;
      for (var round = 0; round < 100 && !settled; round++) {
        code.balance(x[k], z, p, r);
        code.jacobian(x[k], z, p, J);
        evaluations++;
        for (i = 0; i < n; i++) for (j = 0; j < n; j++) J[i * n + j] *= z[j];
        for (i = 0; i < n; i++) r[i] = -r[i];
        var step = factorise(J, n)(r), largest = 0;
        for (i = 0; i < n; i++) {
          largest = Math.max(largest, isFinite(step[i]) ? Math.abs(step[i]) : Infinity);
          z[i] *= Math.exp(Math.max(-2, Math.min(2, step[i])));
        }
        settled = largest < 1e-13;
      }
      if (!settled && !(largest < 1e-9)) {
        throw new Failure("No balance was found at " + model.sweep.meaning + " = " +
          lab.rounded(x[k], 3) + " " + model.sweep.unit + ". Move a slider back, or press Reset.");
      }
      for (i = 0; i < n; i++) found[i][k] = z[i];
    }
    var series = {};
    series[model.sweep.name] = x;
    model.states.forEach(function (name, i) { series[name] = found[i]; });
    observe(model, code.observe, x, found, p, series);
    return { series: series, steps: 0, evaluations: evaluations };
  };

  lab.refuseNonFinite = function (series) {
    Object.keys(series).forEach(function (name) {
      for (var i = 0; i < series[name].length; i++) {
        if (!isFinite(series[name][i])) {
          throw new Failure("The model gives no number for " + name +
            " at these settings. Move a slider back, or press Reset.");
        }
      }
    });
    return series;
  };
})(window.immunolab = window.immunolab || {});
