/* The page My progress: counts what this browser keeps, and lets the reader take it along or erase it. */
(function (lab) {
  "use strict";

  var answers = lab.answers;
  var FORMAT = "escape-routes-progress";

  function Progress(root) {
    var self = this;
    this.root = root;
    this.revisions = {};
    root.querySelectorAll(".quiz-chapter").forEach(function (chapter) {
      Object.assign(self.revisions, JSON.parse(chapter.dataset.revisions));
    });
    root.addEventListener("click", function (event) {
      var button = event.target.closest("[data-action]");
      if (button) self[ACTIONS[button.dataset.action]]();
    });
    root.dataset.ready = "true";
    this.find(".quiz-keeping").hidden = false;
    answers.onChange(function () { self.count(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) self.count(); });
    this.find(".quiz-sure").addEventListener("keydown", function (event) {
      if (event.key === "Escape") self.keep();
    });
    this.count();
  }

  var ACTIONS = {
    "export": "exportAll", "import": "importFile", erase: "ask", really: "erase", keep: "keep",
    "download-aside": "downloadAside", "delete-aside": "deleteAside"
  };

  Progress.prototype.find = function (selector) { return this.root.querySelector(selector); };

  function plural(number, one, many) { return number + " " + (number === 1 ? one : many); }

  // ---- counting ---------------------------------------------------------------------------------------

  // Entries that belong to a question of this book as it is now.
  Progress.prototype.current = function () {
    var all = answers.all(), found = {}, revisions = this.revisions;
    Object.keys(all).forEach(function (id) {
      if (revisions[id] === all[id].revision) found[id] = all[id];
    });
    return found;
  };

  Progress.prototype.count = function () {
    var all = answers.all(), entries = this.current(), self = this;
    this.root.querySelectorAll("tr[data-items]").forEach(function (row) {
      var mine = items(row).filter(function (id) { return entries[id]; }).map(function (id) { return entries[id]; });
      var total = {
        answered: mine.filter(function (entry) { return entry.tries > 0; }).length,
        first: mine.filter(function (entry) { return entry.first === true; }).length,
        right: mine.filter(function (entry) { return entry.right === true; }).length,
        revealed: mine.filter(function (entry) { return entry.revealed; }).length
      };
      row.querySelectorAll("[data-count]").forEach(function (cell) {
        var words = String(total[cell.dataset.count]);
        write(cell, cell.dataset.of ? words + " of " + cell.dataset.of : words);
      });
    });
    this.root.querySelectorAll(".quiz-predictions").forEach(function (line) {
      var ids = items(line), made = ids.filter(function (id) { return entries[id]; }).length;
      write(line.querySelector("[data-count]"), made + " of " + ids.length + " made");
    });
    this.say(Object.keys(all).length - Object.keys(entries).length);
    self.showAside();
  };

  function items(node) { return node.dataset.items ? node.dataset.items.split(" ") : []; }
  function write(node, words) { if (node.textContent !== words) node.textContent = words; }

  Progress.prototype.say = function (others) {
    var needs = this.find(".quiz-needs-script"), works = answers.works(), notice = this.find("p.quiz-notice");
    needs.hidden = works;
    if (!works) write(needs, "Your browser does not let this page read or save anything, so there is nothing to count.");
    notice.hidden = !others;
    write(notice, others ? plural(others, "saved answer belongs", "saved answers belong")
      + " to questions that have changed or are not in this copy of the book, and "
      + (others === 1 ? "is" : "are") + " not counted." : "");
  };

  Progress.prototype.showAside = function () {
    var number = Object.keys(answers.aside()).length, box = this.find(".quiz-aside");
    box.hidden = !number;
    write(box.querySelector("p"), number ? plural(number, "saved answer", "saved answers")
      + " could not be read and " + (number === 1 ? "was" : "were") + " set aside." : "");
  };

  // ---- taking along -----------------------------------------------------------------------------------

  // Emptied first: the same words twice would not be spoken a second time.
  Progress.prototype.tell = function (words) {
    var said = this.find(".quiz-said");
    said.textContent = "";
    window.setTimeout(function () { said.textContent = words; }, 60);
  };

  function download(name, value) {
    var link = document.createElement("a");
    var address = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(address); }, 1000);
  }

  Progress.prototype.exportAll = function () {
    var all = answers.all(), number = Object.keys(all).length;
    if (!number) return this.tell("There is nothing to export yet.");
    download("escape-routes-progress.json",
      { format: FORMAT, version: 1, exported: new Date().toISOString(), answers: all });
    this.tell("Exported " + plural(number, "answer", "answers") + " to escape-routes-progress.json.");
  };

  Progress.prototype.importFile = function () {
    var self = this, field = this.find("#quiz-import-file"), file = field.files[0];
    if (!file) return this.tell("Choose a file first.");
    var reader = new FileReader();
    reader.onload = function () { self.tell(self.take(reader.result, file.name)); };
    reader.onerror = function () { self.tell("The file " + file.name + " could not be opened. Nothing was changed."); };
    reader.readAsText(file);
  };

  // Returns what became of a file. It is taken as a whole or not at all.
  Progress.prototype.take = function (text, name) {
    var refused = problemWith(text), revisions = this.revisions;
    if (refused) return name + " was not imported: " + refused + " Nothing was changed.";
    // An answer to the question as it is now is worth more than a newer one to what it was.
    function fits(id, entry) { return entry.revision === revisions[id]; }
    var taken = 0, older = 0, foreign = 0, unsaved = 0, incoming = JSON.parse(text).answers;
    Object.keys(incoming).forEach(function (id) {
      var own = answers.read(id);
      var same = own && fits(id, own) === fits(id, incoming[id]);
      if (own && (same ? own.at >= incoming[id].at : fits(id, own))) { older++; return; }
      taken++;
      if (revisions[id] !== incoming[id].revision) foreign++;
      if (!answers.write(id, incoming[id])) unsaved++;
    });
    return "Imported " + plural(taken, "answer", "answers") + "."
      + (older ? " Kept " + plural(older, "answer", "answers") + " of this browser, as recent or newer." : "")
      + (foreign ? " Of the imported, " + plural(foreign, "belongs", "belong")
        + " to questions that have changed or are not in this copy." : "")
      + (unsaved ? " Your browser could not save " + unsaved + " of them: they are gone when you leave the page." : "");
  };

  function problemWith(text) {
    var file;
    try { file = JSON.parse(text); } catch (error) { return "it is not a file of answers (not JSON)."; }
    if (!file || file.format !== FORMAT) return "it was not exported from this page.";
    if (file.version !== 1) return "it comes from another version of this book.";
    if (!file.answers || typeof file.answers !== "object" || Array.isArray(file.answers)) return "it holds no answers.";
    var bad = Object.keys(file.answers).filter(function (id) {
      return !answers.ID.test(id) || !answers.sound(file.answers[id]);
    });
    return bad.length ? "its entry " + bad[0].slice(0, 60) + " is damaged." : "";
  }

  // ---- erasing ----------------------------------------------------------------------------------------

  Progress.prototype.ask = function () {
    this.find(".quiz-sure").hidden = false;
    this.find("[data-action=keep]").focus(); // the harmless one of the two
  };

  Progress.prototype.done = function (words) {
    this.find(".quiz-sure").hidden = true;
    this.find("[data-action=erase]").focus();
    this.tell(words);
  };

  Progress.prototype.keep = function () { this.done("Nothing was erased."); };

  Progress.prototype.erase = function () {
    answers.erase();
    this.done("All answers in this browser are erased.");
  };

  Progress.prototype.downloadAside = function () {
    download("escape-routes-set-aside.json", answers.aside());
    this.tell("Downloaded what was set aside.");
  };

  Progress.prototype.deleteAside = function () {
    answers.deleteAside();
    this.find("[data-action=export]").focus(); // the pressed button is gone
    this.tell("What was set aside is deleted.");
  };

  document.querySelectorAll(".quiz-progress:not([data-ready])").forEach(function (root) { new Progress(root); });
})(window.immunolab = window.immunolab || {});
