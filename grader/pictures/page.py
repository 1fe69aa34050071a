"""A brick's pictures as one HTML page, and each of them for a notebook. All text is escaped."""

import base64
from collections.abc import Sequence

from jinja2 import Environment

from grader.language import language
from grader.pictures.making import Made
from grader.report.html import CONTENT_SECURITY_POLICY

FIGURE = """\
<figure>
<h2>{{ made.picture.title }}</h2>
{% if made.said %}
<p class="said">{{ made.said }}</p>
{% endif %}
{% if png %}
<img src="data:image/png;base64,{{ png }}" alt="{{ made.picture.alt }}">
<figcaption>{{ made.caption }}</figcaption>
{% endif %}
</figure>
"""
PAGE = """\
<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; --text: #222; --page: #fff; --line: #ccc; --said: #9a3412; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e5e5e5; --page: #181818; --line: #444; --said: #fdba74; }
}
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: var(--text);
       background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
figure { margin: 2rem 0; padding-top: 1rem; border-top: 1px solid var(--line);
         break-inside: avoid; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
img { max-width: 100%; box-sizing: border-box; background: #fff; border-radius: 4px;
      padding: 6px; }
figcaption { margin-top: .5rem; max-width: 42rem; }
.said { color: var(--said); margin: .25rem 0; }
</style>
</head>
<body>
<h1>{{ title }}</h1>
{% for figure in figures %}
{{ figure | safe }}
{% endfor %}
</body>
</html>
"""
_environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_figure = _environment.from_string(FIGURE)
_page = _environment.from_string(PAGE)


def page(title: str, pictures: Sequence[Made]) -> str:
    """The page. Nothing runs in it, and it loads nothing."""
    figures = [figure(made) for made in pictures]
    return _page.render(
        title=title, language=language(), policy=CONTENT_SECURITY_POLICY, figures=figures
    )


def figure(made: Made) -> str:
    """One picture with its title, its caption, and the sentence on it."""
    png = base64.b64encode(made.png).decode() if made.png else ""
    return _figure.render(made=made, png=png)
