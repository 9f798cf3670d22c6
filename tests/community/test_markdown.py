import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.content.highlight import LANGUAGES, highlight, language_of
from community.content.markdown import MAX_BODY, MAX_MENTIONS, BodyTooLong, find_mentions, quote, render

REL = 'rel="ugc nofollow noopener"'


def rel_of(address: str) -> str:
    """Links that leave the site are nobody's advertising; those within it are ways like all others."""
    return "" if address[0] in "/#" else f" {REL}"


def words(html: str) -> str:
    """What a reader sees of `html`, blanks aside."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def test_a_plain_answer_becomes_paragraphs_with_the_line_breaks_as_typed():
    assert render("Hello,\n\nyes,\nit works.").html == "<p>Hello,</p>\n<p>yes,<br>it works.</p>"


def test_emphasis_code_lists_quotes_and_rules():
    html = render("**a** _b_ ~~c~~ `d`\n\n- e\n- f\n\n3. g\n\n> h\n\n---").html
    assert html == (
        "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>\n<ul><li>e</li><li>f</li></ul>\n"
        '<ol start="3"><li>g</li></ol>\n<blockquote><p>h</p></blockquote>\n<hr>'
    )


def test_a_table_is_aligned_by_classes_because_styles_are_refused():
    html = render("|a|b|c|\n|-|-:|:-:|\n|1|2|3|").html
    assert '<th class="right">b</th>' in html and '<td class="center">3</td>' in html
    assert "style" not in html


def test_headings_in_a_body_come_below_the_headings_of_the_page():
    html = render("# a\n\n## b\n\n### c\n\n#### d\n\n###### e").html
    assert re.findall(r"<(h\d)>", html) == ["h3", "h4", "h5", "h6", "h6"]


@pytest.mark.parametrize(
    "raw",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b>bold</b> move",
        "<!-- note -->",
        "<style>*{display:none}</style>",
        "<a href='javascript:alert(1)'>x</a>",
    ],
)
def test_html_in_a_body_is_shown_as_the_text_it_is(raw):
    rendered = render(raw)
    assert re.findall(r"<\w+", rendered.html) == ["<p"]
    assert words(rendered.html) == "".join(raw.split())
    assert rendered.plain == raw


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=1&c=2", "http://example.org", "mailto:a@example.org", "/t/5/x", "#answer-3"]
)
def test_links_to_the_web_to_mail_and_to_this_site_are_links(address):
    rendered = render(f"[here]({address})")
    assert rendered.html == f'<p><a href="{address.replace("&", "&amp;")}"{rel_of(address)}>here</a></p>'
    assert rendered.links == (address,) and rendered.has_links


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/x",
        "https:///evil",
        "file:///etc/passwd",
        "relative/path",
        "tel:123",
    ],
)
def test_every_other_address_is_not_a_link(address):
    rendered = render(f"[here]({address}) and [there][1]\n\n[1]: {address}")
    assert "<a" not in rendered.html and not rendered.has_links
    assert "here" in rendered.plain


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("see https://example.org/a_b_c_d.", "https://example.org/a_b_c_d"),
        ("(https://example.org/wiki/X_(y))", "https://example.org/wiki/X_(y)"),
        ("**https://example.org/**", "https://example.org/"),
        ("https://example.org/_a_?", "https://example.org/_a_"),
        ("HTTP://EXAMPLE.org/A,", "HTTP://EXAMPLE.org/A"),
        ("<https://example.org/x>", "https://example.org/x"),
    ],
)
def test_a_bare_address_is_a_link_without_the_sentence_around_it(typed, address):
    assert render(typed).links == (address,)


@pytest.mark.parametrize(
    "typed", ["`https://example.org`", "xhttp://example.org", "http://", "http:// example", "\thttps://example.org"]
)
def test_code_and_halves_of_addresses_are_no_links(typed):
    assert "<a" not in render(typed).html


def test_an_address_inside_a_link_makes_no_link_in_a_link():
    html = render("[see https://a.example/](https://b.example/)").html
    assert html.count("<a") == 1 and 'href="https://b.example/"' in html


def test_links_can_be_resolved_to_new_addresses_but_not_to_dangerous_ones():
    moved = {"https://old.example/1": "/t/1/x/", "https://old.example/2": "javascript:alert(1)"}
    rendered = render(
        "[a](https://old.example/1) [b](https://old.example/2) https://c.example/", link_resolver=moved.get
    )
    assert rendered.links == ("/t/1/x/", "https://old.example/2", "https://c.example/")
    assert 'href="/t/1/x/"' in rendered.html and "javascript" not in rendered.html


def test_our_own_attachments_are_images():
    rendered = render('![the "screen"](/attachments/12/screen.png)')
    assert rendered.html == '<p><img src="/attachments/12/screen.png" alt="the &quot;screen&quot;" loading="lazy"></p>'
    assert rendered.images == ("/attachments/12/screen.png",) and rendered.has_images
    assert rendered.plain == 'the "screen"'


@pytest.mark.parametrize(
    "source", ["https://foreign.example/a.png", "/attachments/../secret", "/admin/x.png", "/attachments/%2e%2e/x"]
)
def test_other_images_become_links(source):
    rendered = render(f"![look]({source})")
    assert rendered.html == f'<p><a href="{source}"{rel_of(source)}>look</a></p>'
    assert rendered.images == () and rendered.plain == "look"


def test_a_foreign_image_inside_a_link_leaves_one_link():
    assert render("[![logo](https://a.example/x.png)](https://b.example/)").html == (
        f'<p><a href="https://b.example/" {REL}>logo</a></p>'
    )


def test_a_mention_of_somebody_who_exists_is_a_link_to_their_page():
    source = "Thanks @Ada, and @nobody! (@bob_) _@eve_"
    assert find_mentions(source) == ["Ada", "nobody", "bob_", "bob", "eve_", "eve"]
    rendered = render(source, known_names={"ada": "/people/Ada/", "bob_": "/people/bob_/", "eve": "/people/eve/"})
    assert '<a href="/people/Ada/" class="mention">@Ada</a>, and @nobody!' in rendered.html
    assert '(<a href="/people/bob_/" class="mention">@bob_</a>)' in rendered.html
    assert '<em><a href="/people/eve/" class="mention">@eve</a></em>' in rendered.html
    assert rendered.mentions == ("ada", "bob_", "eve")
    assert rendered.plain == "Thanks @Ada, and @nobody! (@bob_) @eve"
    assert not rendered.has_links


@pytest.mark.parametrize(
    "source",
    [
        "`@ada`",
        "```\n@ada\n```",
        "    @ada",
        "ada@ada.example",
        "x@ada",
        "https://a.example/@ada",
        "[@ada](https://a.example)",
        "\\@ada",
        "@ada@social.example",
    ],
)
def test_code_addresses_and_links_mention_nobody(source):
    assert 'class="mention"' not in render(source, known_names={"ada": "/people/ada/"}).html
    assert find_mentions(source) == []


def test_a_name_inside_a_quote_is_linked_but_not_told_again():
    rendered = render("> @ada wrote\n\n@bob", known_names={"ada": "/people/ada/", "bob": "/people/bob/"})
    assert rendered.html.count("mention") == 2 and rendered.mentions == ("bob",)


def test_a_body_full_of_names_asks_for_fifty():
    assert len(find_mentions(" ".join(f"@name{n}" for n in range(500)))) == MAX_MENTIONS


def test_code_with_a_named_language_is_coloured_by_classes():
    html = render("```python\nif x: return 'a<b'  # why\n```").html
    assert html == (
        '<pre data-lang="python"><code class="hl"><span class="k">if </span>x: <span class="k">return </span>'
        '<span class="s">\'a&lt;b\'  </span><span class="c"># why\n</span></code></pre>'
    )


def test_code_in_an_unknown_language_is_shown_as_it_is():
    assert render("```klingon\na < b\n```").html == "<pre><code>a &lt; b\n</code></pre>"


@pytest.mark.parametrize(
    "code",
    [
        "if x: pass\n" * 700,
        "if x: " + "a" * 400 + "\n",
        ('if x: "' + "\\" * 100 + '"\n') * 6,
        "if x:" + "\n \n" * 60 + "pass\n",
    ],
    ids=["long", "wide", "backslashes", "blank"],
)
def test_code_that_would_take_long_to_colour_is_shown_without_colours(code):
    html = render(f"```python\n{code}```").html
    assert "<span" not in html and html.count("if x") == code.count("if x")


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_colouring_never_changes_the_code(language):
    code = "\n\n  def f(a, b): # c\n\treturn 'a' < \"b\" && 1.5e3 /* x */\n$ ls\n- key: [value]\n<b a='1'>&amp;</b>\n\n"
    assert unescape(re.sub(r"<[^>]*>", "", highlight(code, language))) == code


def test_a_language_hint_is_found_however_it_is_written():
    assert language_of("Python title=x") == language_of("py") == language_of("python3,linenos") == "python"
    assert language_of("") is None and language_of("../../etc") is None


def test_a_quote_names_its_author_and_leaves_older_quotes_out():
    made = quote("A_da *B*", "/t/5/x/?a=1#answer-3", "> old\n\nfirst\n\n\n\nsecond\n")
    assert made == "> [**A\\_da \\*B\\***](/t/5/x/?a=1#answer-3):\n>\n> first\n>\n> second\n\n"
    rendered = render(made + "I agree")
    assert rendered.plain == "A_da *B*:\nfirst\nsecond\nI agree"
    assert rendered.html.startswith('<blockquote><p><a href="/t/5/x/?a=1#answer-3"><strong>A_da *B*</strong></a>:')


def test_a_name_made_of_markup_cannot_leave_the_quote():
    rendered = render(
        quote("x](https://evil.example) <b>\n\n# @ada", "/t/1", "body"), known_names={"ada": "/people/ada/"}
    )
    assert rendered.links == ("/t/1",) and rendered.mentions == ()


def test_a_body_over_the_limit_is_refused_with_both_numbers():
    render("x" * MAX_BODY)
    with pytest.raises(BodyTooLong, match=r"30001 characters, at most 30000"):
        render("x" * (MAX_BODY + 1))
    with pytest.raises(BodyTooLong):
        find_mentions("@" * (MAX_BODY + 1))


@pytest.mark.parametrize(
    "source",
    [
        "[" * 20_000,
        ">" * 10_000 + " x",
        "> " * 10_000 + " x",
        "*" * 10_000 + " x",
        "* " * 10_000 + " x",
        "\n".join("  " * n + "- x" for n in range(150)),
        "\n".join(">" * n + " x" for n in range(150)),
        "|a" * 5_000 + "\n" + "|-" * 5_000 + "\nx\n" * 2_000,
        "|a" * 40 + "\n" + "|-" * 40 + "\n" + "x\n" * 1_500,
        "![" * 10_000,
        "<a " * 9_000,
    ],
    ids=lambda source: source[:12],
)
def test_a_body_made_of_markup_is_shown_as_it_was_typed(source):
    source += "\n\n**x**"
    rendered = render(source)
    assert set(re.findall(r"<(?!br)\w+", rendered.html)) == {"<p"}
    assert words(rendered.html) == "".join(source.split())
    assert "".join(rendered.plain.split()) == "".join(source.split())


def test_a_listing_full_of_brackets_is_still_a_listing():
    html = render("**Log:**\n\n```\n" + "[main] a[1] = *b[2]\n" * 1_000 + "```").html
    assert html.startswith("<p><strong>Log:</strong></p>\n<pre><code>[main]")


def test_six_levels_of_quotes_and_lists_are_fine():
    html = render("> > > > > > x\n\n- a\n  - b\n    - c\n      - d\n        - e\n          - f").html
    assert html.count("<blockquote>") == 6 and html.count("<ul>") == 6


@settings(deadline=None)
@given(st.text(st.sampled_from("ab @_*`~[](){}<>!#|-+1.:/\\\"'&;=\n\t"), max_size=120))
def test_no_markup_whatever_gives_anything_but_allowed_html(source):
    html = render(source, known_names={"a": "/people/a/"}).html
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(
            r"</?(p|em|strong|s|code|pre|blockquote|ul|ol|li|h[3-6]|table|thead|tbody|tr|th|td|a)>|<br>|<hr>|"
            r'<ol start="\d+">|<t[hd] class="(left|right|center)">|'
            r'<a href="[/#][^"]*"( class="mention")?>|<a href="[^"]*" rel="ugc nofollow noopener">|'
            r'<img src="/attachments/[^"]*" alt="[^"]*" loading="lazy">',
            tag,
        ), tag


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_text_whatever_ends_in_an_error(source):
    render(source)
    find_mentions(source)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_quote_of_anybody_stays_one_quote(name):
    assert render(quote(name, "/t/1/", "body")).html.startswith('<blockquote><p><a href="/t/1/">')
