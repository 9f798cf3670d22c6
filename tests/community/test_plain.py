"""The words of a body without its markup."""

from hypothesis import given
from hypothesis import strategies as st

from community.content.plain import beginning, fit_for_xml, plain_text


def test_a_body_without_markup_keeps_its_lines_its_cells_and_what_its_pictures_say() -> None:
    html = (
        '<p>a &lt; b<br>c</p>\n<pre><code><span class="k">if</span> x</code></pre><ul>\n<li>one</li>\n<li>two</li></ul>'
        "<table><tr><td>1</td><td>2</td></tr></table>"
        '<p><img src="/attachments/1/l.png" alt="a &gt; lamp" loading="lazy"></p>'
    )
    assert plain_text(html) == "a < b\nc\nif x\none\ntwo\n1 2\na > lamp"


@given(st.integers(0, 90))
def test_a_body_cut_anywhere_shows_no_half_of_a_tag(length: int) -> None:
    html = (
        '<p>Look <a href="https://e.example/" rel="ugc">here &amp; there</a> <img src="/attachments/1/l" alt="l"></p>'
    )
    assert not set("<>&") & set(beginning(html, length).replace("here & there", "").replace("here &", ""))


def test_what_xml_has_no_place_for_is_left_out() -> None:
    assert fit_for_xml("a\x00\x0b\x1b\ud800\ufffe\uffffb\n\tü😀") == "ab\n\tü😀"
