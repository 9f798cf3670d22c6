"""Code in bodies, coloured by a few CSS classes. Never guesses a language, never takes long."""

import re
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, _TokenType

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
MAX_BLOCK = 6_000  # characters; a longer block is shown without colours
# Pygments' C family looks for functions with patterns that take cubic time on long blank stretches.
_LONG_BLANK = re.compile(r"\s{100}")
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
# Name after the fence -> Pygments' name. Only lexers that were measured to stay linear on hostile code are listed:
# Pygments has hundreds, and some take minutes on a few thousand brackets.
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
    "make": "make",
    "makefile": "make",
    "nginx": "nginx",
    "perl": "perl",
    "php": "php",
    "py": "python",
    "python": "python",
    "python3": "python",
    "pycon": "pycon",
    "r": "r",
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


def language_of(info: str) -> str | None:
    """Return the language named after a fence (`info`), as Pygments calls it, or None when we do not colour it."""
    word = _WORD.match(info.strip().lower())
    return LANGUAGES.get(word.group()) if word else None


def highlight(code: str, language: str) -> str:
    """Return `code` as HTML with spans; `language` is one of LANGUAGES' values. Longer than MAX_BLOCK: no spans."""
    if len(code) > MAX_BLOCK or _LONG_BLANK.search(code):
        return escape(code, quote=False)
    out: list[str] = []
    waiting, waiting_class = "", ""
    # A new lexer each time: some keep state while they work, and two requests may render at once.
    for token, value in _lexer_class(language)(stripnl=False, ensurenl=False).get_tokens(code):
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
    found: type[Lexer] | None = find_lexer_class_by_name(language)
    if found is None:
        raise LookupError(language)
    return found


@cache
def _class_of(token: _TokenType) -> str:
    step: _TokenType | None = token
    while step is not None:
        if step in _BY_TOKEN:
            return _BY_TOKEN[step]
        step = step.parent
    return ""
