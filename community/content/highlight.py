"""Code in bodies, coloured by a few CSS classes. Never guesses a language, never takes long."""

import re
from functools import cache
from html import escape

from pygments.lexer import Lexer, RegexLexer, words
from pygments.lexers import find_lexer_class_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, Text, _TokenType

# The classes that can occur in `<code class="hl">`, for the style sheet. They are Pygments' short names, fewer of them:
# every span costs bytes on every page, and a reader tells no more than these apart.
CLASSES = {
    "c": "comment",
    "k": "keyword",
    "s": "string",
    "m": "number",
    "nf": "function or class name",
    "nt": "tag, key or section name",
    "na": "attribute",
    "nv": "variable",
    "gi": "inserted line",
    "gd": "deleted line",
    "gh": "heading of a diff or a console",
    "gp": "prompt",
    "go": "console output",
}
MAX_BLOCK = 5_000  # characters; a longer block is shown without colours
MAX_BACKSLASHES = 500  # strings that are all escapes are what css, go and javascript take quadratic time for
# Some patterns take quadratic time within one line or one blank stretch. Lines like this are written by machines.
_LONG_LINE = re.compile(r"[^\n]{400}|\s{150}")
_BY_TOKEN: dict[_TokenType, str] = {
    Comment: "c",
    Keyword: "k",
    Operator.Word: "k",
    String: "s",
    Number: "m",
    Name.Function: "nf",
    Name.Class: "nf",
    Name.Tag: "nt",
    Name.Attribute: "na",
    Name.Variable: "nv",
    Name.Builtin: "nf",
    Generic.Inserted: "gi",
    Generic.Deleted: "gd",
    Generic.Heading: "gh",
    Generic.Subheading: "gh",
    Generic.Prompt: "gp",
    Generic.Output: "go",
}
# Name after the fence -> name of the lexer. Only lexers that were measured to stay linear on hostile code are listed.
# Pygments has hundreds; those of the C family, make, perl, r and scala took from seconds to minutes on 6,000 characters
# made to hurt them, so the C family has a simple one of our own.
LANGUAGES = {
    "bash": "bash",
    "sh": "bash",
    "shell": "bash",
    "zsh": "bash",
    "console": "console",
    "shell-session": "console",
    "bat": "bat",
    "cmd": "bat",
    "powershell": "powershell",
    "ps1": "powershell",
    "c": "c",
    "h": "c",
    "cpp": "cpp",
    "c++": "cpp",
    "arduino": "cpp",
    "cs": "csharp",
    "csharp": "csharp",
    "css": "css",
    "diff": "diff",
    "patch": "diff",
    "docker": "docker",
    "dockerfile": "docker",
    "go": "go",
    "golang": "go",
    "html": "html",
    "xml": "xml",
    "svg": "xml",
    "http": "http",
    "ini": "ini",
    "conf": "ini",
    "cfg": "ini",
    "properties": "properties",
    "java": "java",
    "javascript": "javascript",
    "js": "javascript",
    "jsx": "javascript",
    "ts": "typescript",
    "typescript": "typescript",
    "json": "json",
    "kotlin": "kotlin",
    "lua": "lua",
    "nginx": "nginx",
    "php": "php",
    "py": "python",
    "python": "python",
    "python3": "python",
    "pycon": "pycon",
    "rb": "ruby",
    "ruby": "ruby",
    "rs": "rust",
    "rust": "rust",
    "scala": "scala",
    "sql": "sql",
    "swift": "swift",
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
}
_WORD = re.compile(r"[\w+#.-]+")


_C_KEYWORDS = """abstract any as async await base bool boolean break byte case catch char class const constexpr
    continue decimal declare def default delegate delete do double else enum event explicit export extends extern false
    final finally fixed float for foreach from function get goto if implements implicit import in inline instanceof int
    interface internal is keyof let lock long namespace native new null nullptr number object operator out override
    package params private protected public readonly record ref return sbyte sealed set short signed sizeof static
    string struct super switch synchronized template this throw throws trait transient true try type typedef typename
    typeof uint ulong undefined union unsigned ushort using val var virtual void volatile while with yield"""


class _CLikeLexer(RegexLexer):
    """Comments, strings, numbers and keywords of C and its relatives: every pattern reads each character once."""

    tokens = {
        "root": [
            (r"//[^\n]*", Comment),
            (r"/\*", Comment, "comment"),
            (r"^[ \t]*#[a-z]+", Comment),
            (r'"(?:[^"\\\n]|\\.){0,5000}"?', String),
            (r"'(?:[^'\\\n]|\\.){0,5000}'?", String),
            (words(tuple(_C_KEYWORDS.split()), prefix=r"\b", suffix=r"\b"), Keyword),
            (r"0[xX][0-9a-fA-F]+|\d[\w.]*", Number),
            (r"@\w+", Name.Attribute),
            (r"\w+", Text),
            (r"\s+", Text),
            (r".", Text),
        ],
        "comment": [(r"[^*]+", Comment), (r"\*/", Comment, "#pop"), (r"\*", Comment)],
    }


_OWN: dict[str, type[Lexer]] = dict.fromkeys(["c", "cpp", "csharp", "java", "scala", "typescript"], _CLikeLexer)


def language_of(info: str) -> str | None:
    """Return the language named after a fence (`info`), as Pygments calls it, or None when we do not colour it."""
    word = _WORD.match(info.strip().lower())
    return LANGUAGES.get(word.group()) if word else None


def highlight(code: str, language: str) -> str:
    """Return `code`, which ends in a newline, as HTML with spans; `language` is one of LANGUAGES' values.

    A block longer than MAX_BLOCK, or with a line made by a machine, gets no spans.
    """
    if len(code) > MAX_BLOCK or code.count("\\") > MAX_BACKSLASHES or _LONG_LINE.search(code):
        return escape(code, quote=False)
    out: list[str] = []
    waiting, waiting_class = "", ""
    # A new lexer each time: some keep state while they work, and two requests may render at once.
    for token, value in _lexer_class(language)(stripnl=False).get_tokens(code):
        css = _class_of(token)
        # Blanks are merged into what stands before them: half the spans, the same picture.
        if css == waiting_class or value.isspace():
            waiting += value
            continue
        out.append(_span(waiting, waiting_class))
        waiting, waiting_class = value, css
    out.append(_span(waiting, waiting_class))
    return "".join(out)


def _span(text: str, css: str) -> str:
    text = escape(text, quote=False)
    return f'<span class="{css}">{text}</span>' if css and text else text


@cache
def _lexer_class(language: str) -> type[Lexer]:
    return _OWN.get(language) or find_lexer_class_by_name(language)


@cache
def _class_of(token: _TokenType) -> str:
    step: _TokenType | None = token
    while step is not None:
        if step in _BY_TOKEN:
            return _BY_TOKEN[step]
        step = step.parent
    return ""
