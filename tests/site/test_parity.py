"""The page computes what Python computes: every explorable, at seeded settings and at corners."""

from browsing import open_context
from built import BOOK, ROOT, explorables, parse
from explorables import open_alone
from parity import MOST_CORNERS, compute_in_page, differences, settings_of
from sources import explorables_in, explorables_of, notebooks

RANDOM_SETTINGS = 50  # beside the corners
# For a lab whose model another lab has already shown to be right: it has ranges of its own.
OF_A_TWIN = 10


def is_twin(place):
    """The book has shown an explorable with the same functions before this one."""
    keys = {other: key_of(other) for other in explorables(BOOK)}
    return next(other for other, key in keys.items() if key == keys[place]) != place


def key_of(place):
    file, name = place
    return parse(BOOK / file).find(id=name)["data-live"]


def test_page_equals_python(book, site, browser, place):
    file, name = place
    every = explorables_of(file)
    assert name in every, f"{file} shows {name}, but no cell of its source displays it; build again"
    explorable = every[name]
    count, corners = (OF_A_TWIN, OF_A_TWIN) if is_twin(place) else (RANDOM_SETTINGS, MOST_CORNERS)
    settings = settings_of(explorable, count, corners)
    assert len(settings) >= count, f"{name}: random_settings gave too few"
    with open_context(browser) as context:
        page = open_alone(context, book, site, place).page
        settings.append(
            page.evaluate("name => ({...window.immunolab.get(name).values})", name)
        )  # the defaults
        results = compute_in_page(page, name, settings)
    problems = differences(name, explorable, settings, results)
    assert not problems, "\n" + "\n".join(problems)


def test_pages_show_what_their_sources_display(book):
    """Else a lab could be lost on its way to the page, and nothing would be compared."""
    shown = {}
    for file, name in explorables(BOOK):
        shown.setdefault(file, set()).add(name)
    displayed = {
        source.relative_to(ROOT).with_suffix(".html").as_posix(): set(explorables_in(source))
        for source in notebooks()
    }
    assert {file: names for file, names in displayed.items() if names} == shown


SMALL_PAGE = """---
kernelspec:
  name: python3
  display_name: Python 3
---

# A page

```{code-cell} python
from immunolab import ODE, Parameter, Quantity, explore


def rhs(t, y, p):
    return (p.rate * y[0],)


own = ODE(name="own", title="Own", rhs=rhs, initial=lambda p: (1.0,),
    states=(Quantity("n", "n", "size", "", 1e-9),), span=(0, 10),
    parameters=(Parameter("rate", "r", "rate", "per day", 0.1, (0.0, 1.0)),))
explore(own)
```

```{code-cell} python
twin = explore(own.replace(name="twin"))
```

```{code-cell} python
:tags: [skip-execution]
no_such_name
```

```{code-cell} python
twin
```

```{code-cell} python
print("not an explorable")
```
"""


def test_cells_are_run_as_a_kernel_would(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(SMALL_PAGE, encoding="utf-8")
    shown = explorables_in(page)
    assert list(shown) == ["own", "twin"]
    assert shown["twin"].compute({"rate": 0.5}).ok
