import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.content.textfiles import MAX_BYTES, MAX_NAME, BadTextFile, check_text_file, safe_file_name


@pytest.mark.parametrize("name", ["a.txt", "b.LOG", "c.json", "d.csv", "e.md", "f.conf", "g.ini", "h.xml"])
def test_text_files_are_stored_as_plain_text(name):
    stored = check_text_file(name, b"one\ntwo")
    assert (stored.name, stored.data, stored.content_type) == (name, b"one\ntwo", "text/plain; charset=utf-8")


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a", "", ".txt.js", "a.txt.php", "a.txt/x.js", "txt"])
def test_other_files_are_refused_by_name(name):
    with pytest.raises(BadTextFile, match=r"\.conf, \.csv, \.ini"):
        check_text_file(name, b"x")


TEXT = "naïve – Ω"


@pytest.mark.parametrize(
    "data",
    [TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode("utf-16"), b"\xfe\xff" + TEXT.encode("utf-16-be")],
)
def test_every_unicode_encoding_is_read_and_stored_as_utf_8(data):
    assert check_text_file("a.txt", data).data == TEXT.encode()


def test_an_old_windows_file_is_read():
    assert check_text_file("a.txt", "naïve – “x”".encode("cp1252")).data == "naïve – “x”".encode()
    assert check_text_file("a.txt", b"caf\xe9 \x81").data == "café \x81".encode()


@pytest.mark.parametrize(
    "data", [b"a\x00b", "a\x00b".encode("utf-16"), b"\x7fELF\x00\x00", "no mark".encode("utf-16-le")]
)
def test_a_program_with_a_text_file_s_name_is_refused(data):
    with pytest.raises(BadTextFile, match="not a text file"):
        check_text_file("a.txt", data)


def test_half_a_character_of_utf_16_is_told():
    with pytest.raises(BadTextFile, match="UTF-16"):
        check_text_file("a.txt", b"\xff\xfea")


def test_a_file_over_two_megabytes_is_refused():
    check_text_file("a.txt", b"x" * MAX_BYTES)
    with pytest.raises(BadTextFile, match="larger than 2 MB"):
        check_text_file("a.txt", b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("error log.txt", "error_log.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\crash.log", "crash.log"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_x.txt"),
        ('a"; filename="b.html', "a_filename=_b.html"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ("con.txt", "_con.txt"),
        ("größe – Ω.log", "größe_–_Ω.log"),
        ("\ud800a\x00b.txt", "ab.txt"),
        ("x" * 300 + ".json", "x" * (MAX_NAME - 5) + ".json"),
    ],
)
def test_a_file_name_is_safe_on_every_system(given_name, safe):
    assert safe_file_name(given_name) == safe


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_every_name_becomes_a_safe_one(name):
    safe = safe_file_name(name)
    assert 0 < len(safe) <= MAX_NAME
    assert not set(safe) & set("/\\\"'<>:|?*%;\r\n\x00 ") and not safe.startswith(".")
    safe.encode("utf-8")
    assert safe_file_name(safe) == safe


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_told_error(data):
    try:
        stored = check_text_file("a.log", data)
    except BadTextFile as error:
        assert str(error)
    else:
        assert b"\x00" not in stored.data
        stored.data.decode("utf-8")
