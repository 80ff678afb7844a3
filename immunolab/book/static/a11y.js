/* What cannot be mended at build time, because another script makes it in the browser. The rest is
   in theme.py. */
document.addEventListener("DOMContentLoaded", () => {
  // sphinx-togglebutton calls the button of every collapsed box "Toggle hidden content". The box's
  // title says what is hidden, so it becomes the name; open or closed is told by aria-expanded.
  document.querySelectorAll(".admonition-title > button.toggle-button").forEach((button) => {
    button.setAttribute("aria-label", button.parentElement.textContent.trim());
  });
});

// The theme's drawers (chapters, contents) are checkboxes in disguise; Escape closes an open one and
// gives the focus back to its button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  ["primary", "secondary"].forEach((side) => {
    const drawer = document.getElementById(`pst-${side}-sidebar-checkbox`);
    if (!drawer || !drawer.checked || !matchMedia("(max-width: 1199px)").matches) return;
    drawer.click();
    const opener = document.querySelector(`.${side}-toggle`);
    if (opener) opener.focus();
  });
});

// Bootstrap's tooltips cover what lies under them; Escape closes them (WCAG 1.4.13).
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll(".tooltip.show").forEach((tip) => tip.remove());
});

// The theme puts wide tables into boxes that scroll, and gives Tab no way into them. Where a box does
// scroll it becomes a stop, so that arrow keys can move it (WCAG 2.1.1).
const reachTables = () => {
  document.querySelectorAll(".pst-scrollable-table-container").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
};
window.addEventListener("load", reachTables);
window.addEventListener("resize", reachTables);
