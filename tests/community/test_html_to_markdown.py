import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.content.html_to_markdown import to_markdown
from community.content.markdown import MAX_BODY, render
from community.content.text import clean_text


def squeezed(text: str) -> str:
    return "".join(text.split())


def shown(html: str) -> str:
    """What our renderer shows for the Markdown made of `html`."""
    return render(to_markdown(html).markdown).html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One.</p><p>Two<br>lines.</p>", "One.\n\nTwo\nlines."),
        ("one<br><br>two", "one\n\ntwo"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="3"><li>a</li><li><p>b</p><p>c</p></li></ol>', "3. a\n\n4. b\n\n   c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
        ("<blockquote><p>a</p><blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        ('<pre><code class="language-python">if x:\n    y()\n</code></pre>', "```python\nif x:\n    y()\n```"),
        ('<pre class="lang-py prettyprint"><code>x</code></pre>', "```py\nx\n```"),
        ("<pre>a ``` b</pre>", "````\na ``` b\n````"),
        ("use <code>a*b</code> and <code>a`b</code>", "use `a*b` and ``a`b``"),
        ('<a href="https://e.example/a_(b)">x [y]</a>', "[x \\[y\\]](<https://e.example/a_(b)>)"),
        ('<a href="https://e.example/a_b">https://e.example/a_b</a>', "https://e.example/a_b"),
        (
            'see<a href="https://e.example/a">https://e.example/a</a>here',
            "see[https://e.example/a](https://e.example/a)here",
        ),
        ("<h2>A #</h2>", "## A \\#"),
        ("a <em>b</em> <strong>c</strong> <del>d</del>", "a *b* **c** ~~d~~"),
        ("<b>bold </b>word", "**bold** word"),
        ("<b></b>x<i> </i>y", "x y"),
        ("<b> * </b>", "**\\***"),
        ("<hr>", "***"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td><code>x|y</code></td></tr></table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 | `x\\|y` |",
        ),
        ("a &amp; b &lt; c &gt; d &quot;e&quot; &eacute;&nbsp;f", 'a & b < c > d "e" é f'),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"),
    ],
)
def test_html_of_a_forum_becomes_the_markdown_a_person_would_write(html, markdown):
    assert to_markdown(html).markdown == markdown


@pytest.mark.parametrize(
    "prose",
    [
        "It costs 5 * 3 = 15 (about), see C:\\Users\\ada\\my_file.txt - or <3 & 1 > 0!",
        'Version 1.5. Then? [sic] snake_case_name, a+b, 50% #1, ~10, x^2, it\'s "so"; {a: b}',
        "10:20:11 [main] ERROR foo.bar_baz: failed / retry",
    ],
)
def test_plain_prose_is_not_littered_with_backslashes(prose):
    assert to_markdown(escape(prose)).markdown == prose


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("*no*", "\\*no\\*"),
        ("a *no* b", "a \\*no\\* b"),
        ("_no_ a_b", "\\_no\\_ a_b"),
        ("# no", "\\# no"),
        ("1. no", "1\\. no"),
        ("- no", "\\- no"),
        ("+ no", "\\+ no"),
        ("> no", "\\> no"),
        ("`no`", "\\`no\\`"),
        ("~~no~~", "\\~\\~no\\~\\~"),
        ("[no](/x)", "[no]\\(/x)"),
        ("<b>no</b>", "\\<b>no\\</b>"),
        ("<no@e.example>", "\\<no@e.example>"),
        ("&amp;", "\\&amp;"),
        ("\\*", "\\\\\\*"),
        ("---", "\\---"),
        ("[a]: /x", "\\[a]: /x"),
    ],
)
def test_text_that_looks_like_markup_is_shown_as_it_was(text, markdown):
    assert to_markdown(escape(text)).markdown == markdown
    assert render(markdown).plain == text


@pytest.mark.parametrize("text", ["a\n---", "a\n===", "a|b\n-|-\n1|2", "a\n# b\n1) c\n- d", "a\n```\nb", "a\n    b"])
def test_markup_behind_a_line_break_is_shown_as_text(text):
    html = shown(escape(text).replace("\n", "<br>"))
    assert set(re.findall(r"<(\w+)", html)) == {"p", "br"}


def test_what_is_shown_is_what_was_shown():
    source = (
        "<p>Try <strong>this</strong>:</p><ol><li>Open <em>Tools</em><ul><li>Options</li></ul></li>"
        "<li>Paste<pre><code>a &lt; b\n\n  c</code></pre></li></ol><blockquote><p>q</p></blockquote>"
    )
    assert shown(source) == (
        "<p>Try <strong>this</strong>:</p>\n<ol><li>Open <em>Tools</em><ul><li>Options</li></ul></li>"
        "<li>Paste<pre><code>a &lt; b\n\n  c\n</code></pre></li></ol>\n<blockquote><p>q</p></blockquote>"
    )


def test_images_become_links_and_are_counted():
    converted = to_markdown(
        '<p><img src="https://e.example/a/shot.png"> and <img alt="the [log]" src="https://e.example/b.png"></p>'
    )
    assert converted.markdown == "[shot.png](https://e.example/a/shot.png) and [the \\[log\\]](https://e.example/b.png)"
    assert converted.dropped == {"images": 2}


def test_an_image_inside_a_link_leaves_the_link():
    assert (
        to_markdown('<a href="https://e.example/"><img src="https://e.example/a.png"></a>').markdown
        == "[a.png](https://e.example/)"
    )


def test_an_exclamation_mark_before_a_link_makes_no_image():
    assert to_markdown('Look!<a href="https://e.example/">here</a>').markdown == "Look\\![here](https://e.example/)"


def test_links_into_the_old_site_are_rewritten():
    def moved(address: str) -> str:
        return address.replace("/questions/", "https://new.example/t/")

    converted = to_markdown('<a href="/questions/5">a</a> <a href="kb/6">b</a>', rewrite_link=moved)
    assert converted.markdown == "[a](https://new.example/t/5) b"
    assert converted.dropped == {"links": 1}


def test_scripts_forms_and_films_are_left_out_and_counted():
    converted = to_markdown(
        "a<script>alert('<p>')</script><style>p{}</style>"
        "<form><input name=x><button>go</button></form><iframe src=x></iframe>"
    )
    assert "alert" not in converted.markdown and "p{}" not in converted.markdown
    assert converted.dropped == {"scripts": 2, "forms": 3, "embeds": 1}


def test_a_javascript_address_is_no_link():
    assert (
        "javascript" not in to_markdown('<a href="javascript:alert(1)">x</a><a href="data:text/html,1">y</a>').markdown
    )


def test_a_layout_table_and_a_table_in_a_table_are_flattened_and_counted():
    assert to_markdown("<table><tr><td># a</td></tr><tr><td>b</td></tr></table>").markdown == "\\# a\n\nb"
    nested = to_markdown("<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr></table>")
    assert nested.dropped == {"tables": 1} and squeezed(render(nested.markdown).plain) == "abcd"


def test_emphasis_that_markdown_cannot_express_loses_its_marks_and_not_its_words():
    for html in (
        "a<b>'b'</b>c",
        "<em><strong>x'</strong></em>y",
        "<b>a</b><i>b</i>c",
        "x<i>(</i>y",
        "<i>a<b>b</i>c</b>",
    ):
        plain = render(to_markdown(html).markdown).plain
        assert plain == re.sub("<[^>]*>", "", html)


def test_bold_around_paragraphs_is_bold_in_each():
    assert to_markdown("<b><p>a</p><p>b</p></b>").markdown == "**a**\n\n**b**"


def test_lists_and_quotes_too_deep_are_flattened_and_nothing_is_lost():
    html = "".join(f"<ul><li>w{n}" for n in range(40)) + "".join("<blockquote>q" for n in range(40))
    converted = to_markdown(html)
    assert converted.dropped["levels"] > 0
    assert squeezed(render(converted.markdown).plain) == "".join(f"w{n}" for n in range(40)) + "q" * 40


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "x",
        "<b>" * 100_000 + "x",
        "<div>" * 20_000,
        "<table><tr><td>" * 100_000 + "x",
        "<ul><li>" * 100_000 + "x",
        "<blockquote>" * 100_000,
        "<a href=x>" * 100_000,
        "<" * 1_000_000,
        "&" * 1_000_000,
        "<p>" + "x" * 1_000_000,
        "<pre>" + "`" * 1_000_000,
        "<!--" * 100_000,
        "<a " + "x=y " * 100_000 + ">",
        "*" * 500_000,
        "<p>word " * 30_000,
        "<b><i>" * 50_000 + "</b>" * 50_000,
    ],
    ids=lambda html: html[:12],
)
def test_a_hostile_body_is_cut_with_the_reason_told(html):
    converted = to_markdown(html)
    assert converted.dropped["cut"] == 1
    assert len(converted.markdown) <= MAX_BODY
    render(converted.markdown)


def test_code_made_of_backticks_is_not_tripled_by_its_fence():
    converted = to_markdown(f"<pre>{'`' * 1_000}</pre><p><code>{'`' * 1_000}</code></p>")
    assert len(converted.markdown) < 3_100
    assert squeezed(render(converted.markdown).plain) == "`" * 2_000


def test_a_long_code_block_is_cut_and_still_code():
    converted = to_markdown("<p>a</p><pre>" + "line\n" * 20_000 + "</pre>")
    assert converted.dropped == {"cut": 1}
    assert converted.markdown.endswith("\n```") and len(converted.markdown) > MAX_BODY - 100
    assert render(converted.markdown).html.count("<pre>") == 1


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200)
MARKUP = st.text(st.sampled_from("ab 1.*_`~#>-+=|[](){}<>!&;:@/\\\"'\n\t^"), max_size=100)


@settings(deadline=None)
@given(ANY_TEXT | MARKUP)
def test_any_text_whatever_is_shown_as_it_was(text):
    assert squeezed(render(to_markdown(escape(text)).markdown).plain) == squeezed(clean_text(text))


@settings(deadline=None)
@given(
    st.lists(MARKUP, min_size=1, max_size=4),
    st.sampled_from(["br", "li", "blockquote", "td", "h2", "pre", "code", "b", "a"]),
)
def test_any_text_inside_any_element_is_shown_as_it_was(texts, tag):
    if tag == "br":
        html = "<br>".join(map(escape, texts))
    elif tag == "td":
        html = (
            "<table><tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "<td>x</td><td>x</td></tr></table>"
        )
        texts = [*texts, "xx"]
    else:
        html = "".join(f'<{tag} href="https://e.example/">{escape(text)}</{tag}>' for text in texts)
    assert squeezed(render(to_markdown(html).markdown).plain) == squeezed(clean_text("".join(texts)))


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), max_size=100)
    | st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "<i>",
                "</i>",
                "<ul>",
                "</ul>",
                "<ol>",
                "<li>",
                "</li>",
                "<pre>",
                "</pre>",
                "<code>",
                "</code>",
                "<table>",
                "</table>",
                "<tr>",
                "<td>",
                "</td>",
                "<a\thref=https://e.example/>",
                "</a>",
                "<br>",
                "<h1>",
                "</h1>",
                "<blockquote>",
                "</blockquote>",
                "<img\tsrc=x>",
                "<hr>",
                "a",
                ".",
                "*",
                "_",
                "&amp;",
                "<s>",
                "</s>",
                "`",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_no_html_whatever_ends_in_an_error_and_no_word_is_lost(html):
    converted = to_markdown(html)
    plain = render(converted.markdown).plain
    if not re.search(
        r"[^\x20-\x7e]|<img|<(?!/?(?:p|b|i|ul|ol|li|pre|code|table|tr|td|a|br|h1|blockquote|hr|s)\b)|&(?!amp;)", html
    ):
        assert plain.count("a") == re.sub(r"<[^>]*>", "", html.replace("&amp;", "")).count("a")
