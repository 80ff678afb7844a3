/* The meaning of a word, or the source behind a citation, beside its link: on hover, on focus, and at
   the first tap. As WCAG 1.4.13 asks, Escape closes it, the pointer may move on to it, and it stays
   until the reader leaves. The texts stand in the page; see immunolab/book/hints.py. */
document.addEventListener("DOMContentLoaded", () => {
  const data = document.getElementById("hints");
  if (!data) return;
  const texts = JSON.parse(data.textContent);
  const LEAVE = 250; // ms in which the pointer may cross from the link to the hint
  const hint = document.createElement("div");
  hint.id = "hint";
  hint.className = "hint";
  hint.setAttribute("role", "tooltip");
  hint.hidden = true;
  document.body.append(hint);
  let link = null;
  let leaving = 0;

  function textOf(link) {
    return texts[link.getAttribute("href").split("/").pop().replace(".html#", "#")];
  }

  function linkOf(target) {
    const found = target instanceof Element && target.closest("a[href*='.html#']");
    return found && textOf(found) ? found : null;
  }

  function place() {
    const box = link.getClientRects()[0];
    const wide = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(box.left, wide - hint.offsetWidth - 8));
    const below = box.bottom + 6;
    const above = box.top - hint.offsetHeight - 6;
    hint.style.left = `${left}px`;
    hint.style.top = `${below + hint.offsetHeight > window.innerHeight && above > 0 ? above : below}px`;
  }

  function show(on) {
    clearTimeout(leaving);
    if (link === on) return;
    hide();
    link = on;
    hint.textContent = textOf(on);
    hint.hidden = false;
    link.setAttribute("aria-describedby", "hint");
    place();
  }

  function hide() {
    clearTimeout(leaving);
    if (link) link.removeAttribute("aria-describedby");
    link = null;
    hint.hidden = true;
  }

  function leave() {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LEAVE);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const on = linkOf(event.target);
    if (on) show(on);
    else if (hint.contains(event.target)) clearTimeout(leaving);
    else if (link && link !== document.activeElement) leave();
  });
  document.addEventListener("focusin", (event) => {
    const on = linkOf(event.target);
    if (on) show(on);
    else hide();
  });
  // A touch has no hover: the first tap shows, the second follows the link.
  let touched = false;
  let shown = null;
  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    shown = link;
    if (link && !hint.contains(event.target) && !linkOf(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const on = linkOf(event.target);
    // Enter is a click of detail 0, whatever pointer was used before; it follows the link.
    if (!on || !touched || event.detail === 0 || shown === on) return;
    event.preventDefault();
    show(on);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  window.addEventListener("scroll", () => {
    if (link) place();
  }, { passive: true });
});
