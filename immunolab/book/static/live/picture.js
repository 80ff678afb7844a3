/* The paths of the figure's strokes, in tenths of an SVG unit: the same as immunolab/strokes.py. */
(function (lab) {
  "use strict";

  var LABEL_GAP = 14, RADIUS = 4;

  function project(axis, value) {
    var u = axis.log ? Math.log10(Math.max(value, 1e-300)) : value;
    return Math.max(-9999, Math.min(9999, axis.a * u + axis.b));
  }

  function tenths(value) { return Math.floor(value * 10 + 0.5); }
  function number(t) { return t % 10 === 0 ? String(t / 10) : (t / 10).toFixed(1); }
  function text(value) { return number(tenths(value)); }

  function polyline(xs, ys) {
    if (!xs.length) return "";
    var x = tenths(xs[0]), y = tenths(ys[0]), d = "M" + number(x) + " " + number(y);
    for (var i = 1; i < xs.length; i++) {
      var nx = tenths(xs[i]), ny = tenths(ys[i]);
      if (nx !== x || ny !== y) d += "l" + number(nx - x) + " " + number(ny - y);
      x = nx;
      y = ny;
    }
    return d;
  }

  function mark(marker, x, y, radius) {
    if (marker === "|") return "M" + text(x) + " " + text(y - 4) + "v8";
    var left = text(x - radius), right = text(x + radius), top = text(y - radius), bottom = text(y + radius);
    if (marker === "s") return "M" + left + " " + top + "H" + right + "V" + bottom + "H" + left + "z";
    if (marker === "/") return "M" + left + " " + bottom + "L" + right + " " + top;
    if (marker === "x") {
      return "M" + left + " " + bottom + "L" + right + " " + top + "M" + left + " " + top + "L" + right + " " + bottom;
    }
    if (marker === "+") return "M" + left + " " + text(y) + "H" + right + "M" + text(x) + " " + top + "V" + bottom;
    var r = text(radius), two = text(2 * radius);
    return "M" + left + " " + text(y) +
      "a" + r + " " + r + " 0 1 0 " + two + " 0a" + r + " " + r + " 0 1 0 -" + two + " 0z";
  }

  function all(axis, values) { return Array.from(values, function (v) { return project(axis, v); }); }

  lab.pathData = function (stroke, runs, readouts, panel) {
    var run = runs[stroke.of || ""], x, y;
    if (stroke.kind === "area") {
      x = all(panel.x, run[stroke.x]);
      var low = typeof stroke.low === "string" ? all(panel.y, run[stroke.low])
        : x.map(function () { return project(panel.y, stroke.low); });
      return polyline(x.concat(x.slice().reverse()), all(panel.y, run[stroke.high]).concat(low.reverse())) + "z";
    }
    if (stroke.kind === "bars") {
      return stroke.readouts.map(function (name, i) {
        var left = text(project(panel.x, i - 0.35)), right = text(project(panel.x, i + 0.35));
        var base = text(project(panel.y, 0)), top = text(project(panel.y, readouts[name].value));
        return "M" + left + " " + base + "V" + top + "H" + right + "V" + base + "z";
      }).join("");
    }
    if (stroke.code) return sites(stroke, run[stroke.series], panel);
    x = all(panel.x, run[stroke.x]);
    y = all(panel.y, run[stroke.y]);
    if (stroke.kind === "line") return polyline(x, y);
    if (stroke.which === "first") { x = x.slice(0, 1); y = y.slice(0, 1); }
    if (stroke.which === "last") { x = x.slice(-1); y = y.slice(-1); }
    return x.map(function (_, i) { return mark(stroke.marker, x[i], y[i], RADIUS); }).join("");
  };

  /* A mark at each site of a grid that holds one kind of thing. */
  function sites(stroke, codes, panel) {
    var path = "";
    for (var i = 0; i < codes.length; i++) {
      if (codes[i] !== stroke.code) continue;
      var x = project(panel.x, i % stroke.columns + 0.5);
      path += mark(stroke.marker, x, project(panel.y, Math.floor(i / stroke.columns) + 0.5), stroke.radius);
    }
    return path;
  }

  lab.strokeText = function (stroke, runs, readouts) {
    if (stroke.kind === "count") return String(runs[""][stroke.series][stroke.index]);
    return lab.filled(stroke.text, readouts);
  };

  /* Places for the labels at the ends of lines, moved apart until none overlap. */
  lab.labelPlaces = function (strokes, runs, panel) {
    var low = panel.y.low, high = panel.y.high, places = {}, last = -Infinity, limit = high;
    var labels = strokes.map(function (stroke, i) {
      var values = runs[stroke.of || ""][stroke.y];
      return { name: stroke.name, i: i, target: project(panel.y, values[values.length - 1]) };
    });
    labels.sort(function (a, b) { return a.target - b.target || a.i - b.i; });
    labels.forEach(function (label) {
      label.at = last = Math.max(Math.min(Math.max(label.target, low), high), last + LABEL_GAP);
    });
    labels.reverse().forEach(function (label) {
      label.at = Math.min(label.at, limit);
      limit = label.at - LABEL_GAP;
      places[label.name] = label.at;
    });
    return places;
  };
})(window.immunolab = window.immunolab || {});
