"""What one page of the built book becomes on paper.

Nothing there can be opened, moved or clicked. So a lab is a picture at its starting values, and a
question is a worksheet without its key. What is folded as an answer stands, numbered, at the end of
its page: printed where it was, it would be read before the question is thought about.
"""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

# Classes of what only works on a screen, or only matters to a program.
LEFT_OUT = {
    *("headerlink", "copybtn", "toctree-wrapper", "sd-summary-state-marker", "katex-mathml"),
    *("live-side", "live-clock", "live-buttons", "live-link", "live-needs-script"),
    *("live-announcement", "live-failure", "live-note", "live-kept"),
    *("quiz-needs-script", "quiz-buttons", "quiz-hint", "quiz-note", "quiz-notice"),
    *("quiz-feedback", "quiz-own"),
}
# Where what is folded is left out as well: the page of models has the equations of the labs, a plot
# prints its numbers, and the words of a drawing become the alternative text of its picture.
WITHOUT_FOLDS = ["explorable", "evidence-plot", "drawing"]
_FIELDS = {"radio": "paper-box paper-round", "checkbox": "paper-box", "text": "paper-line"}
_SOUP = BeautifulSoup("", "html.parser")  # makes elements, and has none of its own


def on_paper(article: Tag, depth: int) -> None:
    """Change the article of a page, in place; ``depth`` says how far below a chapter it stands."""
    for figure in article.find_all(class_=WITHOUT_FOLDS):
        for fold in figure.find_all("details"):
            fold.decompose()
    for formula in article.find_all(class_="katex"):
        _spoken(formula)
    for part in article.find_all(_is_left_out):
        part.decompose()
    for lab in article.find_all(class_="explorable"):
        words = "The lab at its starting values. Its sliders are in the hosted book."
        lab.append(_new("p", words, class_="live-elsewhere"))
    for question in article.find_all("form", class_="quiz-item"):
        _worksheet(question)
    for drawing in article.select(".drawing svg"):
        _told(drawing)
    for figure in article.find_all("figure"):
        figure["role"] = "group"  # to a PDF a figure is a picture, which needs an alternative text
    _answers_to_the_end(article)
    for fold in article.find_all("details"):
        _open(fold)
    for heading in article.find_all(["h1", "h2", "h3", "h4", "h5"]):
        heading.name = f"h{min(int(heading.name[1]) + depth, 6)}"


def _is_left_out(element: Tag) -> bool:
    return element.name == "script" or not LEFT_OUT.isdisjoint(element.get("class", ()))


def _new(tag: str, words: str | None = None, **attributes: str) -> Tag:
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return _SOUP.new_tag(tag, attrs=given, string=words)


# --- questions, drawings, formulas --------------------------------------------------------------


def _worksheet(form: Tag) -> None:
    """Make a form a sheet to write on: empty boxes and lines, and nothing that knows the answer."""
    predicts = form["data-type"] == "predict"
    form.name, form.attrs = "div", {"class": "quiz-item", "id": form["id"]}
    for kicker in form.select(".quiz-kicker"):
        del kicker["aria-hidden"]
    for field in form.select("input, select"):
        field.replace_with(_new("span", class_=_FIELDS.get(field.get("type"), "paper-place")))
    for fields in form.select("fieldset"):
        fields.name, fields["class"] = "div", "quiz-fields"
    for stem in form.select("legend"):
        stem.name, stem["class"] = "p", "quiz-stem"
    for label in form.select("label"):
        label.name = "div"
        label.attrs.pop("for", None)
    if predicts:
        reason = _new("p", "Because ", class_="paper-reason")
        reason.append(_new("span", class_="paper-line"))
        form.append(reason)


def _told(drawing: Tag) -> None:
    """Give a drawing all its words as its alternative text: a PDF knows no second description."""
    parts = [part.extract().get_text() for part in drawing.select("title, desc")]
    drawing["aria-label"] = " ".join(" ".join(parts).split())
    for attribute in ("aria-labelledby", "aria-describedby"):
        drawing.attrs.pop(attribute, None)


def _spoken(formula: Tag) -> None:
    """Give a formula its LaTeX as alternative text; KaTeX's hidden MathML would be text twice."""
    formula["role"], formula["aria-label"] = "img", formula.annotation.get_text(strip=True)
    shown = formula.find(class_="katex-html")
    if shown:
        del shown["aria-hidden"]


# --- what is folded -----------------------------------------------------------------------------


def _answers_to_the_end(article: Tag) -> None:
    """Move what is folded as an answer to the end of the page, and leave its number behind."""
    folds = article.select("details.sd-dropdown, details.quiz-result")
    if not folds:
        return
    answers = _new("section", id="answers")
    answers.append(_new("h2", "Answers"))
    for number, fold in enumerate(folds, start=1):
        name = fold.summary.get_text(" ", strip=True)
        answers.append(_answer(fold, number, name))
        anchor = f"answer-{number}"
        pointer = _new("p", f"{name}: ", class_="to-answer")
        pointer.append(_new("a", f"answer {number}", href=f"#{anchor}"))
        pointer.append(", page ")
        pointer.append(_new("span", "000", class_="page-number", data_of=anchor))
        (fold.find_parent(class_="quiz-predicted") or fold).replace_with(pointer)
    (article.section or article).append(answers)


def _answer(fold: Tag, number: int, name: str) -> Tag:
    """Return the body of a fold, under its name and that of the section it was in."""
    answer = _new("div", id=f"answer-{number}", class_="answer")
    head = _new("p", f"{number}. {name} ", class_="answer-name")
    for section in fold.find_parents("section"):
        if section.find("h2", recursive=False):
            words = section.h2.get_text(strip=True)
            head.append(_new("a", words, href=f"#{section['id']}"))
    answer.append(head)
    fold.summary.decompose()
    body = fold.select_one(".sd-summary-content") or fold
    answer.extend([*body.contents])
    return answer


def _open(fold: Tag) -> None:
    """Show what is folded, under its name."""
    name = fold.summary
    name.name, name["class"] = "p", "fold-name"
    fold.name = "div"
    fold["class"] = [*fold.get("class", []), "unfolded"]
