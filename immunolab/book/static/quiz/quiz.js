/* Questions on the page: reads the reader's answer, says what is right about it and why, and keeps it.
   The HTML is complete before this script runs; what it adds are verdicts and feedback. */
(function (lab) {
  "use strict";
  if (lab.quiz) { lab.quiz.scan(); return; } // in JupyterLab every cell brings this script along

  var answers = lab.answers;
  var TRIES_BEFORE_ANSWER = 2;
  var OWN_KEYS = /^(Enter|Arrow(Up|Down|Left|Right)| )$/;
  var EMPTY = {
    single: "Choose an answer first.",
    multiple: "Choose at least one answer first.",
    numeric: "Type a number first.",
    order: "Give every step a place first.",
    match: "Give every line a letter first.",
    predict: "Choose what you expect first."
  };
  var UNREADABLE = "This cannot be read as a number. Write it like 0.25, 0,25, 1/4 or 2.5e-1";
  var UNSAVED = "Your browser does not let this page save anything, so this is forgotten when you leave the page.";
  var CHANGED = "This question has changed since you answered it, so your earlier answer is not shown.";
  var DAMAGED = "An answer that was saved here could not be read. It has been set aside, not deleted.";

  // ---- numbers as people write them -------------------------------------------------------------------

  function plain(text) {
    return text
      .replace(/[\s\u00a0\u2007\u2009\u202f\u2060\ufeff]+/g, " ").trim()
      .replace(/[\u2212\u2013\u2010\u2011]/g, "-")
      // A space may part groups of three digits; between other digits it makes two numbers of one.
      .replace(/(\d) (?=\d{3}(?!\d))/g, "$1")
      .replace(/(\d) (?=\d)/g, "$1?")
      .replace(/ /g, "")
      .replace(/\u2044/g, "/")
      .replace(/\u00b5/g, "\u03bc"); // the micro sign and the Greek letter look alike
  }

  function decimal(text) {
    var power = text.replace(/[\u00d7*\u00b7x]10(\^|(?=[+-]))/i, "e"), grouped;
    if (/^[+-]?\d{1,3}(,\d{3}){2,}(\.\d*)?$/.test(power) || /^[+-]?\d{1,3}(,\d{3})+\.\d*$/.test(power)) {
      grouped = power.replace(/,/g, ""); // 1,234,567 and 1,234.5
    } else if (/^[+-]?\d{1,3}(\.\d{3}){2,}(,\d*)?$/.test(power) || /^[+-]?\d{1,3}(\.\d{3})+,\d*$/.test(power)) {
      grouped = power.replace(/\./g, "").replace(",", "."); // 1.234.567 and 1.234,5
    } else {
      grouped = power.replace(/^([^.,]*),([^.,]*)$/, "$1.$2");
    }
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(grouped) ? Number(grouped) : NaN;
  }

  // Returns {value}, or {empty: true}, or {ask: what to write instead}; none but a value costs a try.
  function readNumber(typed, unit) {
    var text = plain(typed), own = plain(unit || ""), percent = false;
    if (text === "") return { empty: true };
    if (own && text.slice(-own.length) === own) text = text.slice(0, -own.length);
    else if (!own && text.slice(-1) === "%") { percent = true; text = text.slice(0, -1); }
    var parts = text.split("/");
    if (parts.some(function (part) { return /^[+-]?[1-9]\d{0,2},\d{3}(e|$)/i.test(part); })) {
      return { ask: "Is " + typed.trim() + " a whole number? Write it as " + text.replace(/,/g, "")
        + " or, if the comma is a decimal one, as " + text.replace(/,/g, ".") + "." };
    }
    var value = decimal(parts[0]);
    if (parts.length === 2) value = value / decimal(parts[1]);
    if (parts.length > 2 || !isFinite(value)) return { ask: UNREADABLE + (unit ? ", in " + unit : "") + "." };
    return { value: percent ? value / 100 : value };
  }

  // ---- grading: what a response is worth, and what to say to it ----------------------------------------

  function count(list, test) { return list.filter(test).length; }

  var GRADERS = {
    single: function (response, key) {
      var right = response[0] === key.correct[0];
      return { right: right, says: [{ html: key.feedback[response[0]] }] };
    },
    multiple: function (response, key) {
      var found = count(response, function (n) { return key.correct.indexOf(n) >= 0; });
      var wrong = response.length - found, right = !wrong && found === key.correct.length;
      var part = found + " of " + key.correct.length + " right ones found"
        + (wrong ? "; " + wrong + " chosen " + (wrong === 1 ? "is" : "are") + " wrong" : "") + ".";
      return {
        right: right, part: right ? "" : part,
        says: response.map(function (n) {
          return { about: n, good: key.correct.indexOf(n) >= 0, html: key.feedback[n] };
        })
      };
    },
    numeric: function (response, key) {
      var value = readNumber(response[0], key.unit).value;
      // A hair more than allowed, for what binary fractions make of decimal ones.
      if (Math.abs(value - key.value) <= key.allowance * (1 + 1e-9)) return { right: true, says: [{ html: key.right }] };
      var known = key.mistakes.filter(function (mistake) { return value >= mistake.from && value <= mistake.to; })[0];
      return { right: false, says: [{ html: known ? known.feedback : key.otherwise }] };
    },
    order: rows,
    match: rows
  };

  // How many rows are right is said, and why those are; which of the others is nearly right is not.
  function rows(response, key) {
    var good = count(response, function (value, n) { return value === key.correct[n]; });
    var says = [];
    response.forEach(function (value, n) {
      if (value === key.correct[n]) says.push({ about: String(n), good: true, html: key.feedback[n] });
    });
    var all = good === response.length;
    return { right: all, part: all ? "" : good + " of " + response.length + " in the right place.", says: says };
  }

  // ---- one question -----------------------------------------------------------------------------------

  function Question(form) {
    this.form = form;
    this.id = form.id;
    this.type = form.dataset.type;
    this.revision = form.dataset.revision;
    this.key = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(form.dataset.key), function (c) {
      return c.charCodeAt(0);
    })));
    this.heard = form.querySelector(".quiz-heard");
    this.reasons = form.querySelector(".quiz-reasons");
    this.touched = false; // whether the reader is in the middle of an answer not yet checked
    this.bind();
    this.restore();
    form.querySelector(".quiz-buttons").hidden = false;
    form.querySelector("[type=submit]").disabled = this.locked();
    form.dataset.ready = "true";
  }

  Question.prototype.bind = function () {
    var self = this, form = this.form;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (self.type === "predict") self.lock(); else self.check();
    });
    form.addEventListener("keydown", function (event) {
      // JupyterLab takes these for itself, to run a cell or to go to the next, unless stopped here.
      if (!event.target.matches("input, select") || !OWN_KEYS.test(event.key)) return;
      event.stopPropagation();
      if (event.key !== "Enter" || event.target.matches("select")) return;
      event.preventDefault();
      // A held key is one press. (A click, since requestSubmit is unknown to Safari 15.)
      if (!event.repeat && !self.locked()) form.querySelector("[type=submit]").click();
    });
    form.addEventListener("input", function () {
      var state = form.dataset.state;
      self.touched = true;
      if (state === "right" || state === "wrong") form.dataset.state = "changed";
      else if (state === "asked" || state === "shown") delete form.dataset.state;
    });
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-action]");
      if (button) self[button.dataset.action]();
    });
  };

  Question.prototype.inputs = function () { return Array.from(this.form.querySelectorAll("input, select")); };

  Question.prototype.response = function () {
    var inputs = this.inputs();
    if (this.type === "numeric") return [inputs[0].value];
    if (inputs[0].tagName === "SELECT") return inputs.map(function (menu) { return menu.value; });
    return inputs.filter(function (input) { return input.checked; }).map(function (input) { return input.value; });
  };

  Question.prototype.fill = function (response) {
    this.inputs().forEach(function (input, n) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = response.indexOf(input.value) >= 0;
      else input.value = response[n] === undefined ? "" : response[n];
    });
    this.touched = false;
  };

  // Returns whether a saved response can be an answer to this question at all.
  Question.prototype.fits = function (response) {
    var inputs = this.inputs();
    if (this.type === "numeric") return response.length === 1 && readNumber(response[0], this.key.unit).value !== undefined;
    if (inputs[0].tagName === "SELECT") {
      return response.length === inputs.length && response.every(function (value, n) {
        return value !== "" && Array.from(inputs[n].options).some(function (option) { return option.value === value; });
      });
    }
    var most = inputs[0].type === "radio" ? 1 : inputs.length;
    return response.length >= 1 && response.length <= most && response.every(function (value, n) {
      return response.indexOf(value) === n && inputs.some(function (input) { return input.value === value; });
    });
  };

  Question.prototype.isEmpty = function (response) {
    return !response.length || (this.type !== "numeric" && response.indexOf("") >= 0);
  };

  // Returns the saved entry that belongs to this question as it is now, or an empty one.
  Question.prototype.entry = function () {
    var entry = answers.read(this.id);
    if (entry && entry.revision === this.revision) {
      if (!entry.response.length || this.fits(entry.response)) return entry;
      answers.setAside(this.id);
    }
    return { revision: this.revision, response: [], tries: 0, right: null, first: null, revealed: false, at: 0 };
  };

  Question.prototype.save = function (entry) {
    entry.at = Date.now();
    return answers.write(this.id, entry);
  };

  // ---- what the reader does ---------------------------------------------------------------------------

  Question.prototype.check = function () {
    var response = this.response();
    var number = this.type === "numeric" ? readNumber(response[0], this.key.unit) : {};
    if (this.isEmpty(response) || number.empty) return this.prompt(EMPTY[this.type]);
    if (number.ask) return this.prompt(number.ask);
    var entry = this.entry(), grade = GRADERS[this.type](response, this.key);
    entry.response = response;
    entry.tries += 1;
    entry.right = grade.right;
    // An answer that was shown before the first try is no first try.
    if (entry.first === null) entry.first = grade.right && !entry.revealed;
    var saved = this.save(entry);
    this.touched = false;
    this.notice("");
    this.showVerdict(grade, entry, saved);
  };

  Question.prototype.prompt = function (words) {
    this.form.dataset.state = "asked";
    this.say([paragraph("quiz-verdict", words)]);
  };

  Question.prototype.show = function () {
    var entry = this.entry(), saved;
    entry.revealed = true;
    saved = this.save(entry);
    this.form.dataset.state = "shown";
    this.say([paragraph("quiz-verdict", "Answer")], this.answer().concat(this.explanation()), saved);
  };

  // An empty form again. That it was tried stays known, or "right at first try" would mean little.
  Question.prototype.clear = function () {
    var entry = this.entry();
    entry.response = [];
    entry.right = null;
    if (entry.tries || entry.revealed) this.save(entry);
    this.fill([]);
    this.notice("");
    this.form.querySelector("[data-action=show]").hidden = true;
    delete this.form.dataset.state;
    this.say([paragraph("", "Cleared.")]);
  };

  Question.prototype.lock = function () {
    var response = this.response();
    if (this.isEmpty(response)) return this.prompt(EMPTY.predict);
    var entry = this.entry();
    entry.response = response;
    entry.tries += 1;
    var saved = this.save(entry);
    this.notice("");
    this.freeze(true);
    // The button that was pressed is out of use now; the next thing to do stands in its place.
    this.form.querySelector("[data-action=change]").focus();
    this.say([paragraph("", "Locked in. Now find out.")], [], saved);
  };

  Question.prototype.change = function () {
    answers.forget(this.id);
    this.freeze(false);
    (this.inputs().filter(function (input) { return input.checked; })[0] || this.inputs()[0]).focus();
    this.say([paragraph("", "Your prediction is open again.")]);
  };

  Question.prototype.locked = function () { return this.form.dataset.state === "locked"; };

  Question.prototype.freeze = function (locked) {
    if (locked) this.form.dataset.state = "locked"; else delete this.form.dataset.state;
    this.inputs().forEach(function (input) { input.disabled = locked; });
    this.form.querySelector("[data-action=change]").hidden = !locked;
    this.form.querySelector("[type=submit]").hidden = locked;
    this.form.querySelector("[type=submit]").disabled = locked;
    this.touched = false;
  };

  // ---- what the page says -----------------------------------------------------------------------------

  function paragraph(css, words) {
    var p = document.createElement("p");
    p.className = css;
    p.textContent = words;
    return p;
  }

  function rich(tag, html) {
    var node = document.createElement(tag);
    node.innerHTML = html;
    return node;
  }

  // A screen reader reads out all of what is heard, at once, and one cannot go back in it. So only what
  // is short is put there; the reasons follow it on the page, to be read at one's own pace.
  Question.prototype.say = function (heard, reasons, saved) {
    var parts = heard.slice();
    reasons = reasons || [];
    if (saved === false) parts.push(paragraph("quiz-unsaved", UNSAVED));
    if (reasons.length) parts.push(paragraph("quiz-spoken", "Read on for the reasons."));
    this.reasons.replaceChildren.apply(this.reasons, reasons);
    this.heard.replaceChildren.apply(this.heard, parts);
  };

  Question.prototype.showVerdict = function (grade, entry, saved) {
    var words = grade.right ? "✓ Right." : "✗ Not yet.";
    if (!grade.right && entry.tries > 1) words = "✗ Not yet, after " + entry.tries + " tries.";
    var head = paragraph("quiz-verdict", words + (grade.part ? " " + grade.part : ""));
    this.form.dataset.state = grade.right ? "right" : "wrong";
    this.form.querySelector("[data-action=show]").hidden = grade.right || entry.tries < TRIES_BEFORE_ANSWER;
    var told = this.told(grade.says), short = told.length > 0 && told[0].tagName === "P";
    this.say([head].concat(short ? told : []),
      (short ? [] : told).concat(grade.right ? this.explanation().concat(this.others()) : []), saved);
  };

  // The words of an option or a row, as they stand in the question.
  Question.prototype.words = function (n) {
    return this.inputs()[Number(n)].nextElementSibling.innerHTML;
  };

  Question.prototype.told = function (says) {
    var self = this;
    if (!says.length) return [];
    if (says.length === 1 && says[0].about === undefined) return [rich("p", says[0].html)];
    var list = document.createElement("ul");
    says.forEach(function (one) {
      var sign = one.good ? "✓ Right: " : "✗ Wrong: ";
      list.append(rich("li", "<strong>" + sign + self.words(one.about) + "</strong> " + one.html));
    });
    return [list];
  };

  // After success: why the options that were rightly left alone are wrong, for who wants to know.
  Question.prototype.others = function () {
    var key = this.key;
    if (this.type !== "single" && this.type !== "multiple") return [];
    var wrong = key.feedback.map(function (html, n) { return { about: String(n), good: false, html: html }; })
      .filter(function (one) { return key.correct.indexOf(one.about) < 0; });
    if (!wrong.length) return [];
    var fold = rich("details", "<summary>Why the others are wrong</summary>");
    fold.append.apply(fold, this.told(wrong));
    return [fold];
  };

  Question.prototype.explanation = function () {
    return this.key.explain ? [rich("p", this.key.explain)] : [];
  };

  // The key in words, and why: steps in their order, rows with their letters, options with a verdict.
  Question.prototype.answer = function () {
    var self = this, key = this.key;
    if (this.type === "numeric") return [rich("p", "<strong>" + key.answer + "</strong>")];
    if (this.type === "single" || this.type === "multiple") {
      return this.told(key.feedback.map(function (html, n) {
        return { about: String(n), good: key.correct.indexOf(String(n)) >= 0, html: html };
      }));
    }
    var lines = key.correct.map(function (value, n) {
      var words = self.words(n) + (self.type === "match" ? ": " + value + ", " + self.letter(value) : "");
      return [self.type === "order" ? Number(value) : n, "<li><strong>" + words + "</strong> " + key.feedback[n] + "</li>"];
    }).sort(function (a, b) { return a[0] - b[0]; });
    return [rich(this.type === "order" ? "ol" : "ul", lines.map(function (line) { return line[1]; }).join(""))];
  };

  Question.prototype.letter = function (value) {
    return this.form.querySelector("[data-letter='" + value + "'] span").innerHTML;
  };

  Question.prototype.notice = function (words) {
    var notice = this.form.querySelector(".quiz-notice");
    notice.hidden = !words;
    notice.textContent = words;
    if (words === DAMAGED) notice.append(" ", linkToProgress("Download or delete it on the page My progress."));
  };

  function root() { return document.documentElement.dataset.content_root; }

  function linkToProgress(words) {
    // Only the book's pages know where the other pages are.
    if (root() === undefined) return document.createTextNode(words);
    var link = document.createElement("a");
    link.href = root() + "progress.html";
    link.textContent = words;
    return link;
  }

  // ---- coming back ------------------------------------------------------------------------------------

  // Shows again what was saved. The region is no live region meanwhile: nobody did anything just now.
  Question.prototype.restore = function () {
    var saved = answers.read(this.id), entry = this.entry();
    this.heard.removeAttribute("role");
    if (saved && saved.revision !== this.revision) {
      // Not deleted: an older copy of the book, in another tab or folder, may still show it.
      this.notice(CHANGED);
    } else if (answers.isAside(this.id)) {
      this.notice(DAMAGED);
    }
    this.fill(entry.response);
    this.say([]);
    delete this.form.dataset.state;
    if (this.type === "predict") {
      this.freeze(entry.response.length > 0);
      if (entry.response.length) this.say([paragraph("", "Locked in.")]);
    } else if (entry.response.length) {
      this.showVerdict(GRADERS[this.type](entry.response, this.key), entry, true);
    } else {
      this.form.querySelector("[data-action=show]").hidden = true;
    }
    this.heard.setAttribute("role", "status");
  };

  // ---- a prediction shown again -----------------------------------------------------------------------

  function Predicted(block) {
    this.block = block;
    this.showing = null;
    this.show();
    block.querySelector(".quiz-own").hidden = false;
    block.dataset.ready = "true";
  }

  Predicted.prototype.show = function () {
    var block = this.block, entry = answers.read(block.dataset.item);
    var chosen = entry && entry.revision === block.dataset.revision ? entry.response : [];
    if (String(chosen) === this.showing) return;
    this.showing = String(chosen);
    block.querySelector(".quiz-unpredicted").hidden = chosen.length > 0;
    block.querySelector("ul").hidden = !chosen.length;
    block.querySelectorAll("[data-option]").forEach(function (option) {
      option.hidden = chosen.indexOf(option.dataset.option) < 0;
    });
    // The result waits for the prediction, but nobody is locked out: it can always be opened.
    block.querySelector("details").open = chosen.length > 0;
  };

  // ---- the page ---------------------------------------------------------------------------------------

  var questions = {}, shown = [];

  function scan() {
    var restricted = !answers.works();
    document.querySelectorAll("form.quiz-item:not([data-ready])").forEach(function (form) {
      // One question that cannot be brought to life must not keep the others from it.
      try { questions[form.id] = new Question(form); } catch (problem) { console.error(form.id, problem); }
    });
    document.querySelectorAll(".quiz-predicted:not([data-ready])").forEach(function (block) {
      shown.push(new Predicted(block));
    });
    document.querySelectorAll(".quiz .quiz-needs-script").forEach(function (words) {
      words.hidden = !restricted;
      if (restricted) words.textContent = "Your browser does not let this page save anything. You can answer, but your answers are forgotten when you leave the page.";
    });
    document.querySelectorAll(".quiz-note:not([data-ready])").forEach(function (note) {
      note.dataset.ready = "true";
      if (root() !== undefined) note.append(" ", linkToProgress("My progress"));
    });
  }

  answers.onChange(function () { shown.forEach(function (block) { block.show(); }); });

  // Another tab answered. What the reader is writing in this one is left alone.
  window.addEventListener("storage", function (event) {
    Object.keys(questions).forEach(function (id) {
      var mine = event.key === null || event.key === answers.ENTRY + id;
      if (mine && !questions[id].touched) questions[id].restore();
    });
  });

  // A page that comes back from the browser's memory has missed what other pages did meanwhile.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    Object.keys(questions).forEach(function (id) { if (!questions[id].touched) questions[id].restore(); });
    shown.forEach(function (block) { block.show(); });
  });

  lab.quiz = { scan: scan, readNumber: readNumber };
  scan();
})(window.immunolab = window.immunolab || {});
