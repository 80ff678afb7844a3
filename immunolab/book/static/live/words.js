/* From numbers to what a reader reads: read-outs, units, sentences. The same as immunolab/view.py. */
(function (lab) {
  "use strict";

  function crossing(t, y, level, below) {
    for (var i = 0; i < y.length; i++) {
      if (below ? y[i] < level : y[i] > level) {
        if (i === 0) return t[0];
        return t[i - 1] + (t[i] - t[i - 1]) * ((level - y[i - 1]) / (y[i] - y[i - 1]));
      }
    }
    return NaN;
  }

  function at(t, y, when) {
    if (!(t[0] <= when && when <= t[t.length - 1])) return NaN;
    var i = 0;
    while (i < t.length && t[i] <= when) i++;
    i = Math.min(i, t.length - 1);
    var share = (when - t[i - 1]) / (t[i] - t[i - 1]);
    return y[i - 1] + share * (y[i] - y[i - 1]);
  }

  function extreme(y, larger) {
    var best = 0;
    for (var i = 1; i < y.length; i++) if (larger ? y[i] > y[best] : y[i] < y[best]) best = i;
    return best;
  }

  lab.reduce = function (readout, series, x) {
    var y = series[readout.of], t = series[x];
    switch (readout.reduce) {
      case "first": return y[0];
      case "last": return y[y.length - 1];
      case "max": return y[extreme(y, true)];
      case "min": return y[extreme(y, false)];
      case "time of max": return t[extreme(y, true)];
      case "time of min": return t[extreme(y, false)];
      case "at": return at(t, y, readout.level);
      default: return crossing(t, y, readout.level, readout.reduce === "first below");
    }
  };

  lab.rounded = function (value, digits) {
    if (value === 0) return "0";
    if (Math.abs(value) < SMALLEST) return "0";
    if (!isFinite(value)) return value > 0 ? "∞" : "-∞";
    var exponent = parseInt(Math.abs(value).toExponential(16).split("e")[1], 10);
    return value.toFixed(Math.min(Math.max(0, digits - 1 - exponent), 12));
  };

  var SMALLEST = 1e-9; // below it a number is written as 0
  var SIZES = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1e3, "thousand"]];

  function cells(value, digits) {
    if (value < 1) return "no cell";
    for (var i = 0; i < SIZES.length; i++) {
      if (value >= 0.9995 * SIZES[i][0]) return lab.rounded(value / SIZES[i][0], digits) + " " + SIZES[i][1] + " cells";
    }
    return lab.rounded(value, digits) + " cells";
  }

  lab.write = function (format, value) {
    if (value !== value) return format.never;
    for (var i = 0; i < format.words.length; i++) if (value < format.words[i][0]) return format.words[i][1];
    if (format.style === "percent") return lab.rounded(100 * value, format.digits) + " %";
    if (format.style === "cells") return cells(value, format.digits);
    return (lab.rounded(value * format.scale, format.digits) + " " + format.unit).trim();
  };

  lab.filled = function (template, readouts) {
    Object.keys(readouts).forEach(function (name) {
      template = template.split("{" + name + "}").join(readouts[name].text);
    });
    return template;
  };

  lab.tableRows = function (series, columns, rows) {
    var size = series[columns[0].name].length, picked = [], i;
    for (i = 0; i < Math.min(rows, size); i++) {
      // Python rounds halves to even, so the build does; these indices must be the same.
      var place = size > rows ? i * (size - 1) / (rows - 1) : i, down = Math.floor(place);
      picked.push(place - down === 0.5 ? down + down % 2 : Math.round(place));
    }
    return picked.map(function (k) {
      return columns.map(function (column) { return lab.rounded(series[column.name][k], 4); });
    });
  };
})(window.immunolab = window.immunolab || {});
