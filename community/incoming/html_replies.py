"""The same for bodies of HTML: what mail programs wrap quotes and signatures in is cut, the rest becomes Markdown."""

from community.content.html_to_markdown import to_markdown
from community.incoming.cutting import cut
from community.incoming.records import Cut


def cut_html(html: str) -> Cut:
    """Cut an HTML body; `kept` is Markdown. Never raises."""
    return cut(to_markdown(html).markdown)
