/* An explorable on the page: reads its settings, solves, redraws the strokes of the figure, and says
   what came out. The HTML is complete before this script runs; nothing here creates content that a
   reader without JavaScript would miss, except the answers to moved sliders. */
(function (lab) {
  "use strict";

  var mounted = {};
  var PICTURE_TIME = 150; // ms for which each picture of a grid stands while it plays
  var SAID_AFTER = 600; // ms of quiet before a screen reader is told, so that dragging is not read out

  var SOLVERS = {
    ODE: lab.solveODE, Formula: lab.solveFormula, Equilibrium: lab.solveEquilibrium
  };

  // A write that changes nothing still costs a layout, so nothing is written twice.
  function say(node, text) { if (node.textContent !== text) node.textContent = text; }
  function mark(node, name, value) { if (node.getAttribute(name) !== value) node.setAttribute(name, value); }

  function Explorable(root) {
    var self = this;
    this.root = root;
    this.page = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    this.name = this.page.name;
    this.code = window.immunolabModels[root.dataset.live];
    this.byName = {};
    this.page.parameters.forEach(function (p) { self.byName[p.name] = p; });
    this.values = this.defaults();
    this.kept = null;
    this.ready = false;
    this.waiting = 0;
    this.playing = 0;
    this.strokes = {};
    this.grids = {};
    this.page.panels.forEach(function (panel) {
      panel.strokes.forEach(function (stroke) {
        self.strokes[stroke.name] = root.querySelector("[data-artist='" + stroke.name + "']");
        self.grids[stroke.name] = Boolean(stroke.code);
      });
    });
    this.bind();
    this.readLink();
    this.showSettings();
    this.draw();
    this.find(".live-needs-script").hidden = true;
    root.querySelectorAll(".live-controls, .live-clock").forEach(function (set) { set.disabled = false; });
    root.querySelectorAll("button, .live-link input").forEach(function (control) { control.disabled = false; });
    this.ready = true;
    root.dataset.ready = "true";
  }

  Explorable.prototype.find = function (selector) { return this.root.querySelector(selector); };

  Explorable.prototype.defaults = function () {
    var values = {};
    this.page.parameters.forEach(function (p) { values[p.name] = p["default"]; });
    return values;
  };

  // ---- solving ----------------------------------------------------------------------------------------

  Explorable.prototype.compute = function (changes) {
    var page = this.page, code = this.code, values = Object.assign(this.defaults(), changes);
    var runs = {}, main;
    try {
      Object.keys(page.models).forEach(function (label) {
        var model = page.models[label], functions = code.models[label], run;
        if (model.kind === "Cohort" || model.kind === "Grid") {
          run = (model.kind === "Grid" ? lab.solveGrid : lab.solveCohort)(model, functions, values);
        } else {
          var p = Float64Array.from(model.parameters, function (name) { return values[name]; });
          run = SOLVERS[model.kind](model, functions, p);
        }
        runs[label] = lab.refuseNonFinite(run.series);
        if (!label) main = run;
      });
    } catch (problem) {
      // Whatever went wrong, an old curve must not stay; the console keeps what is not ours.
      var ours = problem instanceof lab.Failure;
      if (!ours) console.error(problem);
      var message = ours ? problem.message : "The model could not be computed at these settings. Press Reset.";
      return { ok: false, message: message, series: {}, readouts: {}, outcome: "", evaluations: 0, steps: 0 };
    }
    var readouts = {}, numbers = page.readouts.map(function (readout) {
      var value = lab.reduce(readout, runs[""], page.x);
      readouts[readout.name] = { value: value, text: lab.write(readout.format, value) };
      return value;
    });
    var holds = [], series = {};
    code.conditions(numbers, holds);
    var said = page.sentences.filter(function (_, i) { return holds[i]; })[0] || "";
    Object.keys(runs).forEach(function (label) {
      Object.keys(runs[label]).forEach(function (name) {
        series[label ? label + "." + name : name] = runs[label][name];
      });
    });
    return {
      ok: true, message: "", runs: runs, series: series, readouts: readouts,
      outcome: lab.filled(said, readouts), evaluations: main.evaluations, steps: main.steps
    };
  };

  // ---- drawing ----------------------------------------------------------------------------------------

  Explorable.prototype.set = function (changes) {
    Object.assign(this.values, changes);
    this.showSettings();
    this.schedule();
  };

  /* Several input events may come within a frame; only the last setting is solved. */
  Explorable.prototype.schedule = function () {
    var self = this;
    if (!this.waiting) this.waiting = window.requestAnimationFrame(function () { self.flush(); });
  };

  Explorable.prototype.flush = function () {
    if (this.waiting) window.cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    this.draw();
  };

  Explorable.prototype.draw = function () {
    var result = this.compute(this.values), failure = this.find(".live-failure"), self = this;
    var moved = this.ready; // the first drawing is the reader's to read; only changes are announced
    this.result = result;
    if (failure.textContent !== result.message) failure.textContent = result.message;
    failure.hidden = result.ok;
    this.root.classList.toggle("live-failed", !result.ok);
    this.root.querySelectorAll("[data-action='keep'], [data-action='csv']").forEach(function (button) {
      button.disabled = !result.ok;
    });
    this.page.panels.forEach(function (panel) { self.drawPanel(panel, result); });
    this.root.querySelectorAll("[data-readout]").forEach(function (cell) {
      var readout = result.readouts[cell.dataset.readout];
      say(cell.querySelector(".live-now"), readout ? readout.text : "–");
    });
    say(this.find(".live-outcome"), result.outcome);
    this.later("said", SAID_AFTER, function () {
      var announcement = self.find("p.live-announcement");
      if (moved) announcement.textContent = result.ok ? result.outcome : "";
      // The visible sentence says it too; once spoken, nobody should come upon it a second time.
      self.later("spoken", 5000, function () { announcement.textContent = ""; });
      self.fillTable();
    });
  };

  Explorable.prototype.drawPanel = function (panel, result) {
    var self = this, labels = panel.strokes.filter(function (s) { return s.kind === "label"; });
    var places = result.ok ? lab.labelPlaces(labels, result.runs, panel) : {};
    panel.strokes.forEach(function (stroke) {
      var node = self.strokes[stroke.name].lastElementChild;
      if (stroke.kind === "label") {
        node.style.display = result.ok ? "" : "none";
        if (result.ok) mark(node, "y", (places[stroke.name] + 4).toFixed(1));
      } else if (stroke.kind === "text" || stroke.kind === "count") {
        say(node, result.ok ? lab.strokeText(stroke, result.runs, result.readouts) : "–");
      } else {
        mark(node, "d", result.ok ? lab.pathData(stroke, result.runs, result.readouts, panel) : "");
      }
    });
  };

  Explorable.prototype.fillTable = function () {
    var body = this.find(".live-data tbody");
    if (!this.result.ok) { body.textContent = ""; return; }
    var rows = lab.tableRows(this.result.series, this.page.table, this.page.rows);
    body.textContent = "";
    rows.forEach(function (row) {
      var line = body.insertRow();
      row.forEach(function (text, column) {
        var cell = document.createElement(column ? "td" : "th");
        if (!column) cell.scope = "row";
        cell.textContent = text;
        line.append(cell);
      });
    });
  };

  Explorable.prototype.later = function (what, wait, action) {
    var key = "timer-" + what;
    window.clearTimeout(this[key]);
    this[key] = window.setTimeout(action, wait);
  };

  // ---- settings ---------------------------------------------------------------------------------------

  function valueAt(p, position) {
    if (position <= 0) return p.low;
    if (position >= p.steps) return p.high;
    var share = position / p.steps;
    var value = p.log ? Number((p.low * Math.exp(share * Math.log(p.high / p.low))).toExponential(2))
      : Number((p.low + (p.high - p.low) * share).toFixed(p.places));
    return Math.min(Math.max(value, p.low), p.high); // rounding may step over an end
  }

  function positionOf(p, value) {
    var share = p.log ? Math.log(value / p.low) / Math.log(p.high / p.low) : (value - p.low) / (p.high - p.low);
    return Math.round(share * p.steps);
  }

  /* As a reader would type it: 250, 0.05, 1e7, 1.1e-7. */
  function written(value) {
    if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5)) return String(Number(value.toPrecision(6)));
    var parts = value.toExponential(5).split("e");
    return String(Number(parts[0])) + "e" + Number(parts[1]);
  }

  Explorable.prototype.inputs = function (type) {
    return Array.from(this.root.querySelectorAll("input[type='" + type + "'][data-parameter]"));
  };

  Explorable.prototype.showSettings = function () {
    var self = this;
    this.inputs("range").forEach(function (input) {
      var p = self.byName[input.dataset.parameter], value = self.values[p.name];
      // While a slider is moved its own position is the truth; writing it back would fight the hand.
      if (valueAt(p, Number(input.value)) !== value) input.value = positionOf(p, value);
      mark(input, "aria-valuetext", (written(value) + " " + p.unit).trim());
    });
    this.inputs("number").forEach(function (input) {
      if (document.activeElement !== input || Number(input.value) !== self.values[input.dataset.parameter]) {
        input.value = written(self.values[input.dataset.parameter]);
      }
    });
    this.find(".live-link").hidden = true;
    this.root.querySelectorAll("[data-preset]").forEach(function (button) {
      var chosen = Object.assign(self.defaults(), self.page.presets[Number(button.dataset.preset)]);
      // Whichever picture of a grid is shown, the preset is the same.
      var same = Object.keys(chosen).every(function (name) {
        return chosen[name] === self.values[name] || name === self.page.clock;
      });
      mark(button, "aria-pressed", String(same));
    });
  };

  Explorable.prototype.note = function (text) {
    var note = this.find(".live-note");
    // Emptied first: the same words twice would not be spoken a second time.
    note.textContent = "";
    this.later("note", 60, function () { note.textContent = text; });
  };

  /* Return a number inside the parameter's range, and tell the reader if it had to be moved there. */
  Explorable.prototype.bounded = function (p, number, notes) {
    var inside = Math.min(Math.max(number, p.low), p.high);
    if (inside !== number) {
      var told = notes || [];
      told.push(p.meaning + " goes from " + written(p.low) + " to " + written(p.high) +
        (p.unit ? " " + p.unit : "") + "; it was set to " + written(inside) + ".");
      if (!notes) this.note(told[0]);
    }
    return inside;
  };

  Explorable.prototype.bind = function () {
    var self = this;
    this.inputs("range").forEach(function (input) {
      // A swipe that begins on a slider is for the page: the browser cancels the pointer, and the
      // value it had changed by then goes back.
      var before = 0;
      input.addEventListener("pointerdown", function () { before = self.values[input.dataset.parameter]; });
      input.addEventListener("pointercancel", function () {
        var change = {};
        change[input.dataset.parameter] = before;
        self.set(change);
      });
      input.addEventListener("input", function () {
        var p = self.byName[input.dataset.parameter], change = {};
        change[p.name] = valueAt(p, Number(input.value));
        self.note("");
        self.set(change);
      });
    });
    this.inputs("number").forEach(function (input) {
      // The browser's own steps are whole numbers, too coarse for a share: take the slider's.
      input.addEventListener("keydown", function (event) {
        var way = { ArrowUp: 1, ArrowDown: -1 }[event.key], p = self.byName[input.dataset.parameter], change = {};
        if (!way) return;
        event.preventDefault();
        change[p.name] = valueAt(p, positionOf(p, self.values[p.name]) + way);
        self.set(change);
        input.value = written(change[p.name]);
      });
      input.addEventListener("wheel", function () { input.blur(); }, { passive: true });
      // Many readers type a decimal comma; some browsers would drop it and read 0,5 as 5.
      input.addEventListener("beforeinput", function (event) {
        if (event.data !== ",") return;
        event.preventDefault();
        document.execCommand("insertText", false, ".");
      });
      input.addEventListener("change", function () {
        var p = self.byName[input.dataset.parameter], change = {}, typed = input.valueAsNumber;
        self.note("");
        if (isFinite(typed)) change[p.name] = self.bounded(p, typed);
        else self.note("That was not a number; " + p.meaning + " stays at " + written(self.values[p.name]) + ".");
        self.set(change);
        input.value = written(self.values[p.name]);
      });
    });
    this.root.addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (!button || !self.root.contains(button)) return;
      if (button.dataset.preset !== undefined) self.choose(Number(button.dataset.preset));
      if (button.dataset.action) self[button.dataset.action](button);
    });
    // On the document, since a click on the figure leaves the focus on nothing.
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && self.root.classList.contains("live-large")) self.large();
    });
  };

  Explorable.prototype.choose = function (preset) {
    this.note("");
    var values = Object.assign(this.defaults(), this.page.presets[preset]);
    if (this.page.clock) values[this.page.clock] = this.values[this.page.clock];
    this.set(values);
  };

  Explorable.prototype.reset = function () {
    this.note("");
    this.pause();
    this.forget();
    this.set(this.defaults());
  };

  // ---- the clock of a grid -----------------------------------------------------------------------------

  Explorable.prototype.clock = function () { return this.byName[this.page.clock]; };

  Explorable.prototype.step = function () {
    this.pause();
    this.tick();
  };

  /* One picture on; after the last one the first. */
  Explorable.prototype.tick = function () {
    var p = this.clock(), change = {}, now = this.values[p.name];
    change[p.name] = now < p.high ? Math.floor(now) + 1 : p.low;
    this.set(change);
    return change[p.name] < p.high;
  };

  Explorable.prototype.play = function () {
    var self = this;
    if (this.playing) return this.pause();
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      return this.note("This device asks for little motion, so nothing plays by itself. Use One step on, or the slider.");
    }
    this.find("[data-action='play']").textContent = "Pause";
    this.playing = window.setInterval(function () { if (!self.tick()) self.pause(); }, PICTURE_TIME);
  };

  Explorable.prototype.pause = function () {
    if (!this.playing) return;
    window.clearInterval(this.playing);
    this.playing = 0;
    this.find("[data-action='play']").textContent = "Play";
  };

  // ---- a curve to compare with --------------------------------------------------------------------------

  Explorable.prototype.keep = function () {
    var self = this;
    this.flush();
    this.forget();
    if (!this.result.ok) return;
    Object.keys(this.strokes).forEach(function (name) {
      var group = self.strokes[name], path = group.querySelector("path");
      // Areas lie under lines that are kept; bars stand for themselves.
      // Nor can two grids be told apart when they lie on each other.
      if (!path || self.grids[name] || /fill-opacity:0.25/.test(path.getAttribute("style"))) return;
      var ghost = path.cloneNode();
      ghost.setAttribute("class", "live-ghost");
      group.insertBefore(ghost, group.firstChild);
    });
    this.root.querySelectorAll("[data-readout]").forEach(function (cell) {
      cell.querySelector(".live-kept").textContent = "kept: " + cell.querySelector(".live-now").textContent;
    });
    this.find("[data-action='forget']").hidden = false;
    this.note("Kept. Move a slider: the grey curve stays for comparison.");
  };

  Explorable.prototype.forget = function () {
    var button = this.find("[data-action='forget']");
    this.root.querySelectorAll(".live-ghost").forEach(function (ghost) { ghost.remove(); });
    this.root.querySelectorAll(".live-kept").forEach(function (kept) { kept.textContent = ""; });
    if (document.activeElement === button) this.find("[data-action='keep']").focus();
    if (!button.hidden) this.note("The kept curve is gone.");
    button.hidden = true;
  };

  // ---- a link to these settings -------------------------------------------------------------------------

  Explorable.prototype.address = function () {
    var self = this, url = new URL(window.location.href), query = new URLSearchParams(url.search);
    // Settings of other figures on the page stay; a preset may set what has no slider.
    this.page.parameters.forEach(function (p) {
      query.delete(self.name + "." + p.name);
      if (self.values[p.name] !== p["default"]) query.set(self.name + "." + p.name, String(self.values[p.name]));
    });
    url.search = query.toString();
    url.hash = this.name;
    return url.href;
  };

  Explorable.prototype.link = function () {
    var box = this.find(".live-link"), field = box.querySelector("input"), self = this;
    box.hidden = false;
    field.value = this.address();
    field.focus();
    field.select();
    // Browsers give the clipboard to secure pages only; elsewhere the selected text is there to copy.
    var copied = navigator.clipboard && navigator.clipboard.writeText(field.value);
    if (!copied) return this.note("Copy the selected link: it reopens this page at these settings.");
    copied.then(function () {
      self.note("Link copied: it reopens this page at these settings.");
    }, function () {
      self.note("Copy the selected link: it reopens this page at these settings.");
    });
  };

  Explorable.prototype.readLink = function () {
    var self = this, prefix = this.name + ".", notes = [];
    new URLSearchParams(window.location.search).forEach(function (text, key) {
      if (key.indexOf(prefix) !== 0) return;
      var name = key.slice(prefix.length), p = self.byName[name], number = Number(text);
      if (!p) notes.push("The link names “" + name + "”, which this model does not have.");
      else if (text.trim() === "" || !isFinite(number)) notes.push("The link gives no number for “" + name + "”.");
      else self.values[p.name] = self.bounded(p, number, notes);
    });
    if (notes.length) this.note(notes.join(" "));
  };

  // ---- data, and a view for the back row ----------------------------------------------------------------

  Explorable.prototype.csv = function () {
    if (!this.result.ok) return;
    var columns = this.page.table, series = this.result.series, lines = [];
    lines.push(columns.map(function (column) { return '"' + column.label + '"'; }).join(","));
    for (var k = 0; k < series[columns[0].name].length; k++) {
      lines.push(columns.map(function (column) { return series[column.name][k]; }).join(","));
    }
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = this.name + ".csv";
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  };

  Explorable.prototype.large = function () {
    var open = this.root.classList.toggle("live-large"), button = this.find("[data-action='large']");
    if (open) this.scrolled = window.scrollY;
    document.documentElement.classList.toggle("live-behind", open);
    // Everything outside is out of reach of Tab and of screen readers while the view is open.
    for (var node = this.root; node.parentElement && node !== document.body; node = node.parentElement) {
      Array.from(node.parentElement.children).forEach(function (sibling) {
        if (sibling === node || sibling.tagName === "SCRIPT") return;
        // What something else made inert is not ours to wake.
        if (open && !sibling.inert) { sibling.inert = true; sibling.dataset.liveInert = ""; }
        if (!open && "liveInert" in sibling.dataset) { sibling.inert = false; delete sibling.dataset.liveInert; }
      });
    }
    button.textContent = open ? "Close large view" : "Large view";
    button.focus();
    if (!open) window.scrollTo({ top: this.scrolled, behavior: "instant" });
  };

  // ---- start --------------------------------------------------------------------------------------------

  lab.get = function (name) { return mounted[name]; };
  lab.names = function () { return Object.keys(mounted); };
  lab.render = function (root) {
    var explorable = new Explorable(root);
    mounted[explorable.name] = explorable;
    return explorable;
  };

  /* One after the other, with room in between for the reader: those in sight and the one the link
     names come first. The HTML is complete, and controls stay disabled until they are alive. */
  function start() {
    var roots = Array.from(document.querySelectorAll(".explorable[data-live]"));
    function waits(root) {
      var box = root.getBoundingClientRect();
      var wanted = location.hash === "#" + root.id || (box.top < window.innerHeight && box.bottom > 0);
      return wanted ? 0 : 1;
    }
    var queue = roots.filter(function (root) { return !waits(root); })
      .concat(roots.filter(waits));
    (function next() {
      var root = queue.shift();
      if (!root) return;
      // One that cannot be brought to life must not keep the others from it.
      try { lab.render(root); } catch (problem) { console.error(root.id, problem); }
      window.setTimeout(next, 0);
    })();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})(window.immunolab = window.immunolab || {});
