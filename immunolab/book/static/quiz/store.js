/* Where answers are kept: in this browser, one entry a question, so that a damaged or outdated one
   never takes another with it. Nothing here knows the page. */
(function (lab) {
  "use strict";
  if (lab.answers) return; // in JupyterLab every cell brings this script along

  var VERSION = 1;
  var ENTRY = "escape-routes:answer:";
  var ASIDE = "escape-routes:set-aside:";
  var ID = /^[a-z0-9-]+-[qp]\d\d$/;
  // Slides keep nothing: what a teacher answers must not greet the next class, nor count as progress.
  var KEEPS = document.documentElement.dataset.answers !== "not-kept";
  var memory = {}; // what could not be saved, or should not be; it lasts as long as the page
  var listeners = [];

  // Even to name the storage throws where the browser forbids it.
  function storage() {
    if (!KEEPS) return null;
    try { return window.localStorage; } catch (forbidden) { return null; }
  }

  // Whether answers fare as the page wants them to.
  function works() {
    if (!KEEPS) return true;
    var box = storage();
    if (!box) return false;
    try {
      box.setItem("escape-routes:probe", "1");
      box.removeItem("escape-routes:probe");
      return true;
    } catch (full) { return false; }
  }

  function keys(prefix) {
    var box = storage(), found = [], i;
    if (!box) return found;
    for (i = 0; i < box.length; i++) {
      if (box.key(i).indexOf(prefix) === 0) found.push(box.key(i));
    }
    return found.sort();
  }

  function verdict(value) { return value === true || value === false || value === null; }

  // Something an earlier or later page, or another program, may have written differently.
  function sound(entry) {
    return Boolean(entry) && typeof entry === "object" && entry.version === VERSION
      && typeof entry.revision === "string"
      && Array.isArray(entry.response) && entry.response.every(function (part) { return typeof part === "string"; })
      && Number.isInteger(entry.tries) && entry.tries >= 0
      && verdict(entry.right) && verdict(entry.first)
      && typeof entry.revealed === "boolean" && typeof entry.at === "number" && isFinite(entry.at);
  }

  function parse(text) {
    try {
      var entry = JSON.parse(text);
      return sound(entry) ? entry : null;
    } catch (damaged) { return null; }
  }

  // Returns the entry of a question, or null; one that cannot be read is set aside, not thrown away.
  function read(id) {
    if (memory[id]) return memory[id];
    var box = storage(), text = box && box.getItem(ENTRY + id);
    if (text === null) return null;
    var entry = parse(text);
    if (!entry) setAside(id);
    return entry;
  }

  function setAside(id) {
    var box = storage(), text = box && box.getItem(ENTRY + id), n = 1;
    if (text === null) return;
    while (box.getItem(ASIDE + id + ":" + n) !== null) n++;
    try {
      box.setItem(ASIDE + id + ":" + n, text);
      box.removeItem(ENTRY + id);
    } catch (full) {
      return; // no room for the copy: the entry stays where it is
    }
    tell(id);
  }

  function isAside(id) { return keys(ASIDE + id + ":").length > 0; }

  // Returns whether it is saved, where it should be; if not, it is remembered until the page is left.
  function write(id, entry) {
    entry.version = VERSION;
    var box = storage(), saved = false;
    try {
      if (box) { box.setItem(ENTRY + id, JSON.stringify(entry)); saved = true; }
    } catch (full) { saved = false; }
    if (saved) delete memory[id]; else memory[id] = entry;
    tell(id);
    return saved || !KEEPS;
  }

  function forget(id) {
    var box = storage();
    delete memory[id];
    if (box) box.removeItem(ENTRY + id);
    tell(id);
  }

  function all() {
    var found = {};
    keys(ENTRY).forEach(function (key) {
      var id = key.slice(ENTRY.length), entry = read(id);
      if (entry) found[id] = entry;
    });
    Object.keys(memory).forEach(function (id) { found[id] = memory[id]; });
    return found;
  }

  function aside() {
    var box = storage(), found = {};
    keys(ASIDE).forEach(function (key) { found[key.slice(ASIDE.length)] = box.getItem(key); });
    return found;
  }

  function drop(prefix) {
    var box = storage();
    keys(prefix).forEach(function (key) { box.removeItem(key); });
  }

  function deleteAside() { drop(ASIDE); tell(null); }

  function erase() {
    memory = {};
    drop(ENTRY);
    drop(ASIDE);
    tell(null);
  }

  // Calls back with the id of what changed, here or in another tab; null if it may be anything.
  function onChange(listener) { listeners.push(listener); }
  function tell(id) { listeners.forEach(function (listener) { listener(id); }); }
  window.addEventListener("storage", function (event) {
    if (event.key === null) tell(null);
    else if (event.key.indexOf(ENTRY) === 0) tell(event.key.slice(ENTRY.length));
    else if (event.key.indexOf(ASIDE) === 0) tell(null);
  });

  lab.answers = {
    ID: ID, ENTRY: ENTRY, works: works, sound: sound, read: read, write: write, forget: forget, all: all,
    setAside: setAside, isAside: isAside, aside: aside, deleteAside: deleteAside, erase: erase,
    onChange: onChange
  };
})(window.immunolab = window.immunolab || {});
