# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""One function a check. Each returns a list of problems, empty when all is well.

A problem is one line for a human: the page, the element, and what to do about it. The functions
know nothing of pytest, so that tests/broken can show each of them a page that must not pass.
"""

import functools
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from built import decks, html_files, parse

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHORTEST_ALT = 20  # characters; shorter than "Tumour size over time", an alternative says nothing

# Attributes through which a page fetches or prepares to fetch something while it is being read.
FETCHES = {
    "script": ["src"],
    "link": ["href"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "track": ["src"],
    "input": ["src"],
    "image": ["href", "xlink:href"],
    "use": ["href", "xlink:href"],
}
LINKS_THAT_FETCH_NOTHING = {
    "canonical",
    "alternate",
    "license",
    "author",
    "next",
    "prev",
    "index",
    "search",
}

# How the elements below are named in a problem: tag, id or class, and the first words.
DESCRIBE = """
  const describe = element => {
    const name = element.tagName.toLowerCase();
    const mark = element.id ? '#' + element.id
      : element.classList.length ? '.' + [...element.classList].slice(0, 3).join('.') : '';
    const words = (element.getAttribute('aria-label') || element.textContent || element.getAttribute('title') || '')
      .trim().replace(/\\s+/g, ' ').slice(0, 40);
    return '<' + name + mark + '>' + (words ? ' “' + words + '”' : '');
  };
"""


class Visit:
    """A page and everything it asked for and complained about, recorded from before its loading."""

    def __init__(self, page):
        self.page = page
        self.requests = []
        self.errors = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on(
            "pageerror", lambda error: self.errors.append(f"uncaught {error.name}: {error.message}")
        )
        page.on("console", self._note_message)
        page.on("response", self._note_response)

    def open(self, address):
        self.page.goto(address)
        settle(self.page)
        return self

    def _note_message(self, message):
        if message.type == "error":
            where = message.location
            self.errors.append(
                f"{message.text} ({Path(where['url']).name}:{where['lineNumber'] + 1})"
            )

    def _note_response(self, response):
        if response.status >= 400:
            self.errors.append(f"{response.url} answered {response.status}")


def settle(page):
    """Wait until fonts are there, explorables answer, and the theme has given out its tab stops."""
    page.wait_for_load_state("load")
    page.wait_for_function(
        """() => document.fonts.status === 'loaded'
          && [...document.querySelectorAll('.explorable[data-live]')].every(root => root.dataset.ready === 'true')"""
    )
    # The theme's script makes scrollable blocks reachable by keyboard some time after loading, and
    # again 300 ms after a change of the page.
    page.wait_for_function(
        """() => !document.querySelector('script[src*="pydata-sphinx-theme"]')
          || [...document.querySelectorAll('pre, .cell_output > .output')].every(block => block.tabIndex === 0
               || (block.scrollWidth <= block.clientWidth && block.scrollHeight <= block.clientHeight))"""
    )


def unfold(page):
    """Open everything that is folded, since what is folded is part of the book too."""
    page.evaluate(
        """() => {
          document.querySelectorAll('details:not([open])').forEach(details => details.open = true);
          document.querySelectorAll('.toggle-hidden').forEach(block => block.classList.remove('toggle-hidden'));
          // The theme looks for newly scrollable blocks when the window changes, not when a fold opens.
          window.dispatchEvent(new Event('resize'));
        }"""
    )
    settle(page)


def page_name(page):
    parts = urlsplit(page.url)
    return (
        Path(unquote(parts.path)).name
        if parts.scheme == "file"
        else unquote(parts.path).lstrip("/")
    )


# --- what a page asks for and complains about ---------------------------------------------------


def third_party_requests(visit):
    """Requests the page made, or will make once a reader scrolls, to any host but its own."""
    page = visit.page
    home = urlsplit(page.url)
    hosts = {}
    declared = page.evaluate(
        """([fetches, idle]) => Object.entries(fetches).flatMap(([tag, attributes]) =>
          [...document.querySelectorAll(tag)]
            .filter(element => tag !== 'link' || ![...element.relList].some(rel => idle.includes(rel)))
            .flatMap(element => attributes.map(name => element.getAttribute(name)).filter(Boolean)))""",
        [FETCHES, sorted(LINKS_THAT_FETCH_NOTHING)],
    )
    # A srcset holds several addresses, each followed by its width.
    addresses = [
        address for value in declared for address in re.split(r",\s+|\s+", value) if address
    ]
    for address in visit.requests + [urljoin(page.url, address) for address in addresses]:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != home.netloc:
            hosts.setdefault(parts.netloc, address)
    return [
        f"{page_name(page)}: asks {host} for {address}; keep a copy in the book and load that"
        for host, address in sorted(hosts.items())
    ]


def console_errors(visit):
    """Uncaught exceptions, console errors and failed requests while the page loaded and was used."""
    seen = dict.fromkeys(visit.errors)
    return [f"{page_name(visit.page)}: error in the browser's console: {error}" for error in seen]


# --- what a reader sees and reaches ---------------------------------------------------------------


def wrong_theme(page, theme):
    """The page is not painted in the theme asked for: its background tells, in figures."""
    brightness, declared, has_theme = page.evaluate(
        """() => {
          const clear = colour => /^(transparent|rgba\\(.*, 0\\))$/.test(colour);
          const colour = [document.body, document.documentElement]
            .map(element => getComputedStyle(element).backgroundColor).find(colour => !clear(colour)) || 'rgb(255, 255, 255)';
          const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
          return [(0.2126 * r + 0.7152 * g + 0.0722 * b) / 255, document.documentElement.dataset.theme || null,
            Boolean(document.querySelector('script[src*="pydata-sphinx-theme"]'))];
        }"""
    )
    shown = "dark" if brightness < 0.5 else "light"
    problems = []
    if shown != theme:
        problems.append(f"{page_name(page)}: asked for {theme}, its background is {shown}")
    # A page without the theme's script follows the browser by itself, and declares nothing.
    if has_theme and declared != theme:
        problems.append(f"{page_name(page)}: asked for {theme}, declares data-theme={declared}")
    return problems


def axe_violations(page, theme, within=None, every_lab=True):
    """Violations of WCAG 2.2 A and AA and of good practice that axe can find.

    `within` is a selector: look at the elements it finds rather than at the page. Of the cards on the
    page of models, all made by one function, the first below each heading is looked at: all of them
    took four minutes. `every_lab=False` measures the contrast of words in the first lab only: contrast
    takes four fifths of axe's time on a page of labs. Every other rule looks at all of them.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(
        """async ([tags, within, everyLab]) => {
          [...document.querySelectorAll('.explorable')].slice(1).forEach(lab => lab.dataset.furtherLab = '');
          const cards = ['.model-card ~ .model-card'];
          const look = (exclude, options) => axe.run({include: [within || 'html'], exclude},
            // Axe fetches style sheets by itself else, some from wrong addresses.
            {resultTypes: ['violations'], preload: false, ...options});
          const found = [
            await look(cards, {runOnly: tags, rules: {'color-contrast': {enabled: false},
              // Axe calls this one experimental; the criterion, 2.5.3, is not.
              'label-content-name-mismatch': {enabled: true}}}),
            await look(everyLab ? cards : [...cards, '[data-further-lab]'],
              {runOnly: {type: 'rule', values: ['color-contrast']}}),
          ];
          return found.flatMap(result => result.violations).map(({id, impact, help, nodes}) => ({id, impact, help,
            count: nodes.length, target: nodes[0].target.flat().join(' '), html: nodes[0].html,
            why: (nodes[0].failureSummary || '').split('\\n').slice(1).join(' ').trim()})); }""",
        [AXE_RULES, within, every_lab],
    )
    width = page.viewport_size["width"]
    return [
        f"{page_name(page)} ({theme}, {width} px): axe {v['id']} ({v['impact']}), {v['count']} "
        "times, first at "
        f"{v['target']}: {v['help']}. {v['why']} {_shorten(v['html'])}"
        for v in violations
    ]


def horizontal_scroll(page):
    """The page is wider than the screen, so that each line has to be scrolled to be read."""
    found = page.evaluate(
        f"""() => {{ {DESCRIBE}
          const width = document.documentElement.clientWidth;
          const pageWidth = document.scrollingElement.scrollWidth;
          if (pageWidth <= width) return null;
          const clipped = element => {{
            for (let up = element.parentElement; up && up !== document.body; up = up.parentElement)
              if (getComputedStyle(up).overflowX !== 'visible') return true;
            return false;
          }};
          const wide = [...document.body.querySelectorAll('*')]
            .filter(element => element.getBoundingClientRect().right > width + 0.5 && !clipped(element));
          return {{ width, pageWidth, culprit: wide.length ? describe(wide[wide.length - 1]) : 'an element' }};
        }}"""
    )
    if not found:
        return []
    return [
        f"{page_name(page)}: the page is {found['pageWidth']} px wide on a screen of "
        f"{found['width']} px; "
        f"{found['culprit']} reaches furthest: let it wrap, shrink, or scroll by itself"
    ]


_FOCUS_WALK = f"""() => {{ {DESCRIBE}
  // What changes on screen when an element gets the focus, on it or on what stands around it.
  const PROPERTIES = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor', 'color',
    'borderTopColor', 'borderTopWidth', 'borderBottomColor', 'borderBottomWidth', 'textDecorationLine',
    'textDecorationThickness', 'opacity', 'transform', 'fontWeight', 'filter'];
  const clear = colour => /^(transparent|rgba\\(.*, 0\\))$/.test(colour);
  const style = part => [null, '::before', '::after'].map(pseudo => {{
    const style = getComputedStyle(part, pseudo);
    if (pseudo && style.content === 'none') return '';
    const noOutline = style.outlineStyle === 'none' || parseFloat(style.outlineWidth) === 0 || clear(style.outlineColor);
    return PROPERTIES.filter(name => !(noOutline && name.startsWith('outline'))).map(name => style[name]).join('|');
  }}).join('/');
  const look = element => [element, element.parentElement, element.nextElementSibling,
    element.previousElementSibling].filter(Boolean).map(part => [part, style(part)]);
  // A neighbour that has the focus by now has changed for its own sake, not for this element's.
  const differs = before => before.some(([part, was]) =>
    style(part) !== was && (part === before[0][0].parentElement || !part.contains(document.activeElement)));
  // The part of its box that the window, and every ancestor that clips, leave to be seen.
  const onScreen = element => {{
    let {{ left, right, top, bottom }} = element.getBoundingClientRect();
    const clip = box => {{
      left = Math.max(left, box.left); right = Math.min(right, box.right);
      top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
    }};
    clip({{ left: 0, right: innerWidth, top: 0, bottom: innerHeight }});
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflow !== 'visible') clip(up.getBoundingClientRect());
    return right - left >= 1 && bottom - top >= 1;
  }};
  // An element is looked at while it has the focus, and again when the next one has it. It is on screen
  // at once, as a link that only shows with the focus, or else when it is left: the browser brings it
  // there after it has told of the focus.
  const walk = window.__walk = {{ stops: 0, unseen: [], suspects: 0, done: false, describe }};
  const seen = new Set();
  let last = null;
  walk.leave = () => {{
    if (last && last.element.isConnected && !differs(last.look)) {{
      last.element.dataset.focusSuspect = 'true';
      walk.suspects++;
    }}
    last = null;
  }};
  document.addEventListener('focusin', event => {{
    if (walk.done) return;
    walk.leave();
    walk.done = seen.has(event.target);
    if (walk.done) return;
    seen.add(event.target);
    walk.stops++;
    last = {{ element: event.target, look: look(event.target), onScreen: onScreen(event.target) }};
  }}, true);
  document.addEventListener('focusout', event => {{
    const shown = last && last.element === event.target && last.onScreen;
    if (!walk.done && !shown && !onScreen(event.target)) walk.unseen.push(describe(event.target));
  }}, true);
}}"""
_STOPS_A_TIME = 20  # before asking the page whether its end was reached


def invisible_focus(page):
    """Walk through the page with the Tab key; at each stop something must change on screen.

    Styles are compared first, since that is quick. Where they do not differ, the pixels decide.
    """
    page.add_style_tag(
        content="*, ::before, ::after { transition: none !important; animation: none !important; }"
    )
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
    page.evaluate(_FOCUS_WALK)
    name, walk, stops, stuck = page_name(page), {"done": False}, 0, None
    while not walk["done"] and not stuck:
        for _ in range(_STOPS_A_TIME):
            page.keyboard.down("Tab")  # and never up: half the time, and Tab held down does walk on
        walk = page.evaluate(
            """() => {
              const walk = window.__walk, left = [null, document.body].includes(document.activeElement);
              if (left) { walk.leave(); walk.done = true; }
              return {stops: walk.stops, unseen: walk.unseen, suspects: walk.suspects, done: walk.done,
                at: left ? '' : walk.describe(document.activeElement)}; }"""
        )
        stuck, stops = walk["at"] if walk["stops"] == stops else None, walk["stops"]
    page.keyboard.up("Tab")
    # The keys pressed after the end have led on; whatever has the focus there may show a hint.
    page.evaluate("() => document.activeElement?.blur()")
    problems = [
        f"{name}: Tab reaches {element}, which is not on screen; hide it from Tab or show it"
        for element in walk["unseen"]
    ]
    if stuck and not walk["done"]:
        problems.append(f"{name}: Tab does not lead on from {stuck}; let the key do its work")
    if not walk["stops"]:
        problems.append(f"{name}: Tab reaches nothing on this page")
    if walk["suspects"]:
        for element in page.query_selector_all("[data-focus-suspect]"):
            if _looks_the_same_with_focus(page, element):
                described = element.evaluate(
                    f"element => {{ {DESCRIBE} return describe(element); }}"
                )
                problems.append(
                    f"{name}: nothing shows that {described} has the focus; give it a "
                    ":focus-visible outline"
                )
    return list(dict.fromkeys(problems))


def _looks_the_same_with_focus(page, element):
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    if not box:
        return True
    margin = 8  # room for an outline with an offset
    x, y = max(0, box["x"] - margin), max(0, box["y"] - margin)
    clip = {
        "x": x,
        "y": y,
        "width": box["width"] + 2 * margin,
        "height": min(box["height"] + 2 * margin, 400),
    }
    pictures = []
    for call in ("focus({preventScroll: true, focusVisible: true})", "blur()"):
        element.evaluate(f"element => element.{call}")
        pictures.append(page.screenshot(clip=clip, caret="hide"))
    return pictures[0] == pictures[1]


def poor_alt_text(path, name=None):
    """Pictures that say nothing, or only their file name or caption, to who cannot see them."""
    soup = parse(Path(path))
    name = name or Path(path).name
    problems = []
    for picture in soup.select("img, svg"):
        if _is_decoration(picture) or (picture.name == "svg" and picture.find_parent("svg")):
            continue
        if picture.get("alt") == "" and _stands_beside_its_words(picture):
            continue
        article = picture.find_parent("article") or picture.find_parent("main")
        if picture.name == "svg" and picture.get("role") != "img":
            if article:
                problems.append(
                    f"{name}: {_tag(picture)} is neither a labelled picture (role=img, "
                    "aria-label) nor hidden (aria-hidden)"
                )
            continue
        text = _alternative(picture, soup)
        if text and text == _book_title(soup) and not picture.find_parent("article"):
            continue  # the logo of a page without an article, named as logos are
        # The theme's own pictures outside the text (a logo, an icon in a button) are named, not described.
        shortest = SHORTEST_ALT if article else 1
        if "_images/" in text or re.search(
            r"\.(png|svg|jpe?g|gif|webp)$", text.strip(), re.IGNORECASE
        ):
            why = f"its alternative text is a file name, “{_shorten(text)}”"
        elif len(text) < shortest:
            why = (
                f"its alternative text is too short, “{text}”"
                if text
                else "it has no alternative text"
            )
        elif article and text == _caption(picture):
            why = f"its alternative text repeats the caption, “{_shorten(text)}”"
        else:
            continue
        problems.append(
            f"{name}: {_tag(picture)}: {why}; say what it shows and the trend, in {shortest} "
            "characters or more"
        )
    return problems


def _is_decoration(picture):
    if picture.get("role") in {"presentation", "none"}:
        return True
    return any(node.get("aria-hidden") == "true" for node in [picture, *picture.parents])


def _stands_beside_its_words(picture):
    """An image in a link that has words too: named again, it would only be read out twice."""
    link = picture.find_parent("a", href=True)
    return link is not None and bool(link.get_text(strip=True))


def _book_title(soup):
    """What follows the dot in the title of the window: “Page not found · Escape Routes”."""
    parts = soup.title.get_text().split(" · ") if soup.title else []
    return parts[-1].strip() if len(parts) > 1 else ""


def _alternative(picture, soup):
    """The accessible name, as far as HTML gives one to a picture."""
    labels = [soup.find(id=label) for label in picture.get("aria-labelledby", "").split()]
    own_title = picture.find("title", recursive=False) if picture.name == "svg" else None
    text = (
        " ".join(label.get_text(" ") for label in labels if label)
        or picture.get("aria-label")
        or picture.get("alt")
        or (own_title.get_text(" ") if own_title else "")
    )
    return " ".join(text.split())


def _caption(picture):
    figure = picture.find_parent("figure") or picture.find_parent(class_="figure")
    caption = figure and (figure.find("figcaption") or figure.find(class_="caption"))
    if not caption:
        return ""
    words = [
        part for part in caption.find_all(string=True) if not part.find_parent(class_="headerlink")
    ]
    return " ".join(" ".join(words).split())


def _tag(element):
    shown = {key: element[key] for key in ("id", "src", "class") if element.has_attr(key)}
    attributes = "".join(
        f' {key}="{" ".join(value) if isinstance(value, list) else value}"'
        for key, value in shown.items()
    )
    return _shorten(f"<{element.name}{attributes}>")


def _shorten(text, length=160):
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


# --- what the files say ---------------------------------------------------------------------------


def broken_internal_links(book):
    """Links, fragments, images, scripts and styles that lead to nothing inside the book."""
    problems = []
    for path in [*html_files(book), *decks(book)]:
        name = path.relative_to(book).as_posix()
        for element, address in _addresses(parse(path)):
            parts = urlsplit(address.strip())
            if parts.scheme or parts.netloc:  # the web, mail, data: not inside the book
                continue
            target = path if not parts.path else _resolve(book, path, unquote(parts.path))
            if target is None or not target.is_file():
                problems.append(
                    f"{name}: {_tag(element)} points to “{address}”, which does not exist; mend "
                    "the link"
                )
            elif parts.fragment and target.suffix == ".html":
                fragment = unquote(parts.fragment).split(":~:")[0]
                if fragment and fragment not in _anchors(target):
                    problems.append(
                        f"{name}: {_tag(element)} points to “{address}”, but {target.name} has no "
                        "element with "
                        f'id="{fragment}"; mend the link'
                    )
    return problems


def _addresses(soup):
    for element in soup.select("[href], [src], [srcset], [data], [poster], meta[http-equiv]"):
        if element.find_parent("template"):
            continue
        if element.name == "meta":
            match = re.search(r"url=(\S+)", element.get("content", ""), re.IGNORECASE)
            if match:
                yield element, match[1].strip("'\"")
            continue
        names = set(FETCHES.get(element.name, [])) | (
            {"href"} if element.name in {"a", "area"} else set()
        )
        for attribute in names:
            value = element.get(attribute, "")
            if attribute == "srcset":
                yield from (
                    (element, candidate.split()[0])
                    for candidate in value.split(",")
                    if candidate.split()
                )
            elif value and value != "#":
                yield element, value


def _resolve(book, page, address):
    target = (book / address.lstrip("/")) if address.startswith("/") else (page.parent / address)
    target = target.resolve()
    if not target.is_relative_to(book.resolve()):
        return None
    return target / "index.html" if target.is_dir() else target


@functools.cache
def _anchors(path):
    soup = parse(path)
    return {node["id"] for node in soup.find_all(id=True)} | {
        node["name"] for node in soup.select("a[name]")
    }


def dead_widgets(path, name=None):
    """Sliders of a running kernel, saved into a page that has no kernel: they move and do nothing."""
    html = Path(path).read_text(encoding="utf-8")
    return [
        f"{name or Path(path).name}: holds application/vnd.jupyter.{kind}, an ipywidget that "
        "needs a kernel; "
        "show an explorable instead, or remove the output"
        for kind in ("widget-view+json", "widget-state+json")
        if kind in html
    ]


# --- without JavaScript -----------------------------------------------------------------------------


def unreadable_without_javascript(page):
    """What is missing from the explorables of a page that was opened with JavaScript switched off."""
    name = page_name(page)
    problems = []
    if not page.locator("main, article").first.inner_text().strip():
        problems.append(f"{name}: shows no text without JavaScript")
    # Without JavaScript the reader opens the data by a click, which a <details> answers by itself.
    for root in page.locator(".explorable[data-live]").all():
        label = f"{name}, explorable {root.get_attribute('id')}, without JavaScript"
        if not any(picture.is_visible() for picture in root.locator("svg[role=img]").all()):
            problems.append(
                f"{label}: its figure is not visible; put the build-time picture into the HTML"
            )
        outcome = root.locator("p.live-outcome")
        if (
            not outcome.count()
            or not outcome.first.is_visible()
            or not outcome.first.inner_text().strip()
        ):
            problems.append(
                f"{label}: its text alternative, the sentence of outcome, is not visible; write "
                "it at build time"
            )
        if not root.locator("details.live-data table tbody tr").count():
            problems.append(f"{label}: its data table is missing or empty; write it at build time")
        else:
            data = root.locator("details.live-data").first
            if data.get_attribute("open") is None:
                data.locator("summary").first.click()
            if not data.locator("table").first.is_visible():
                problems.append(
                    f"{label}: its data table cannot be opened; use <details> and <summary>"
                )
        if not re.search(r"\bJavaScript\b", root.inner_text()):
            problems.append(
                f"{label}: no note says that the sliders need JavaScript; add one in <noscript>"
            )
        alive = root.locator("input:enabled, button:enabled, select:enabled").count()
        if alive:
            problems.append(
                f"{label}: {alive} controls can be moved but do nothing; write them disabled, let "
                "the script enable them"
            )
    return problems
