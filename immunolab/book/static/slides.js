/* Slides: one at a time, turned by keys, buttons, a swipe, or the address (#7, or the id of something
   on a slide). Without this script they stand one below the other. Loaded before the page is read, so
   that the first thing seen is the right slide in the right colours. */
(function () {
  "use strict";
  var root = document.documentElement, slides = [], now = -1, touch = null;
  var TURNS = { PageDown: 1, PageUp: -1, ArrowRight: 1, ArrowLeft: -1, " ": 1 };
  // What needs arrows for itself, what needs the space bar too, and what is moved sideways by a finger.
  var ARROWS = "input, select, textarea, [tabindex='0']";
  var SPACE = ARROWS + ", button, summary, a[href]";
  var SIDEWAYS = "input, select, .live-scroll, .evidence-scroll, pre";
  var SWIPE = 60; // pixels, and twice as far across as up or down

  root.classList.add("deck-alive");
  root.dataset.theme = theme();

  // As the reader chose on the pages of the book, else as the device says.
  function theme() {
    var mode = null;
    try { mode = window.localStorage.getItem("mode"); } catch (forbidden) { mode = null; }
    if (mode === "light" || mode === "dark") return mode;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  function changeTheme() {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      window.localStorage.setItem("mode", root.dataset.theme);
      window.localStorage.setItem("theme", root.dataset.theme);
    } catch (forbidden) {
      return; // it holds for this deck, and the browser keeps nothing for the pages
    }
  }

  function show(n) {
    if (slides[now]) leave(slides[now]);
    now = n;
    slides[n].classList.add("present");
    document.querySelector(".deck-place").textContent = n + 1 + " of " + slides.length;
    document.querySelector("[data-turn='-1']").disabled = n === 0;
    document.querySelector("[data-turn='1']").disabled = n === slides.length - 1;
    window.scrollTo(0, 0);
  }

  function leave(slide) {
    slide.classList.remove("present");
    // A grid that plays would go on computing where nobody sees it.
    slide.querySelectorAll(".explorable[data-ready]").forEach(function (lab) {
      window.immunolab.get(lab.id).pause();
    });
  }

  function turn(by) {
    var n = Math.min(Math.max(now + by, 0), slides.length - 1);
    if (n === now) return;
    show(n);
    // Replaced, not added: Back should leave the deck, not walk through it.
    window.history.replaceState(null, "", "#" + (n + 1));
    slides[n].focus({ preventScroll: true }); // Tab goes on from here, and its heading is read out
  }

  // The slide that the address names, by its number or by something on it; none: -1.
  function addressed() {
    var target = document.getElementById(window.location.hash.slice(1));
    return slides.indexOf(target && target.closest(".slide"));
  }

  document.addEventListener("keydown", function (event) {
    var by = TURNS[event.key];
    if (!by || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    // The remote control of a speaker sends PageUp and PageDown: they turn, whatever has the focus.
    var own = event.key === " " ? SPACE : ARROWS;
    if (event.key.indexOf("Page") !== 0 && event.target.closest(own)) return;
    event.preventDefault();
    turn(event.key === " " && event.shiftKey ? -1 : by);
  });

  document.addEventListener("touchstart", function (event) {
    var zoomed = window.visualViewport && window.visualViewport.scale > 1;
    touch = event.touches.length > 1 || zoomed || event.target.closest(SIDEWAYS) ? null : event.touches[0];
  }, { passive: true });

  document.addEventListener("touchend", function (event) {
    if (!touch) return;
    var across = event.changedTouches[0].clientX - touch.clientX;
    var along = event.changedTouches[0].clientY - touch.clientY;
    touch = null;
    if (Math.abs(across) > Math.max(SWIPE, 2 * Math.abs(along))) turn(across < 0 ? 1 : -1);
  });

  // What is said to an answer may begin below the edge, and a class would not know of it.
  document.addEventListener("submit", function (event) {
    event.target.querySelector(".quiz-feedback").scrollIntoView({ block: "nearest" });
  });

  window.addEventListener("hashchange", function () {
    if (addressed() < 0) return;
    show(addressed());
    slides[now].focus({ preventScroll: true });
  });

  document.addEventListener("DOMContentLoaded", function () {
    slides = Array.from(document.querySelectorAll(".slide"));
    document.querySelectorAll("[data-turn]").forEach(function (button) {
      button.addEventListener("click", function () { turn(Number(button.dataset.turn)); });
    });
    document.querySelector("[data-action='theme']").addEventListener("click", changeTheme);
    document.querySelector(".deck-bar nav").hidden = false;
    show(Math.max(addressed(), 0));
  });
})();
