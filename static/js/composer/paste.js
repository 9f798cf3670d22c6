// What is copied from a page or an office program keeps its shape: links, lists, emphasis and code become Markdown.

import { insert, isInCode } from "./text.js";

const SHAPED = "a[href], b, strong, i, em, code, pre, ul, ol, h1, h2, h3, h4, h5, h6, blockquote, table";
const MOST = 300_000;

export function wakePaste({ text }) {
  text.addEventListener("paste", (event) => {
    const board = event.clipboardData;
    if (event.defaultPrevented || !board || board.files.length) return;
    const plain = board.getData("text/plain");
    const html = board.getData("text/html");
    if (!plain.trim() || !html || html.length > MOST || isInCode(text.value, text.selectionStart)) return;
    const words = isCode(board, html, plain) ? fenced(plain) : toMarkdown(html);
    if (!words || words === plain.trim()) return;
    event.preventDefault();
    insert(text, words);
  });
}

/** Editors put their colours beside the code: several lines of one of them are code. */
function isCode(board, html, plain) {
  if (!plain.includes("\n")) return false;
  return [...board.types].some((type) => type.startsWith("vscode-")) || /^\s*(<meta[^>]*>)?\s*<(pre|div)[^>]*monospace/i.test(html);
}

function fenced(plain) {
  const fence = plain.includes("```") ? "````" : "```";
  return `${fence}\n${plain.replace(/\r\n?/g, "\n").replace(/\n+$/, "")}\n${fence}\n`;
}

function toMarkdown(html) {
  // Parsed apart: nothing in it is loaded or run.
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const gone of page.querySelectorAll("script, style, head, meta, template, noscript")) gone.remove();
  if (!page.body.querySelector(SHAPED)) return "";
  return blocks(page.body).replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

const escaped = (words) => words.replace(/[\\`*[\]]/g, "\\$&").replace(/(^|\s)_|_(?=\s|$)/g, (found) => found.replace("_", "\\_"));

function around(mark, node) {
  const words = inside(node);
  const bare = words.trim();
  // Emphasis around nothing, around blocks, or taken back by its own style is none.
  if (!bare || words.includes("\n\n") || /normal|[1-4]00/.test(node.style?.fontWeight ?? "") || node.style?.fontStyle === "normal") return words;
  const [before, after] = [/^\s*/.exec(words)[0], /\s*$/.exec(words)[0]];
  return `${before}${mark}${bare}${mark}${after}`;
}

function link(node) {
  const words = inside(node).replace(/\s+/g, " ").trim();
  const address = node.getAttribute("href") ?? "";
  if (!/^(https?|mailto):/i.test(address) || !words) return words;
  const whole = address.replace(/[\s()<>]/g, encodeURIComponent);
  return node.textContent.trim() === address ? address : `[${words}](${whole})`;
}

function list(node, mark) {
  const items = [...node.children].filter((child) => child.localName === "li");
  const lines = items.map((item, at) => {
    const head = mark(at);
    return head + blocks(item).trim().replace(/\n{2,}(?=[ \t]*([-*+]|\d+\.) )/g, "\n").replace(/\n/g, `\n${" ".repeat(head.length)}`);
  });
  return `\n\n${lines.join("\n")}\n\n`;
}

const WRITE = {
  b: (node) => around("**", node),
  strong: (node) => around("**", node),
  i: (node) => around("*", node),
  em: (node) => around("*", node),
  a: link,
  br: () => "\n",
  hr: () => "\n\n---\n\n",
  img: (node) => escaped(node.alt ?? ""),
  code: (node) => (node.textContent.includes("\n") ? `\n\n${fenced(node.textContent)}\n` : `\`${node.textContent.replace(/`/g, "'")}\``),
  pre: (node) => `\n\n${fenced(node.textContent)}\n`,
  ul: (node) => list(node, () => "- "),
  ol: (node) => list(node, (at) => `${at + (Number(node.start) || 1)}. `),
  blockquote: (node) => `\n\n${blocks(node).trim().replace(/^/gm, "> ")}\n\n`,
  tr: (node) => `\n${[...node.children].map((cell) => inside(cell).replace(/\s+/g, " ").trim()).join(" | ")}`,
  table: (node) => `\n\n${inside(node)}\n\n`,
};
for (const level of [1, 2, 3, 4, 5, 6]) WRITE[`h${level}`] = (node) => `\n\n${"#".repeat(level)} ${inside(node).replace(/\s+/g, " ").trim()}\n\n`;
for (const block of ["p", "div", "section", "article", "header", "footer", "main", "dl", "figure"]) WRITE[block] = (node) => `\n\n${inside(node)}\n\n`;
for (const line of ["dt", "dd", "figcaption"]) WRITE[line] = (node) => `\n${inside(node)}\n`;

function inside(node) {
  let words = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) words += escaped(child.data.replace(/\s+/g, " "));
    else if (child.nodeType === Node.ELEMENT_NODE) words += (WRITE[child.localName] ?? inside)(child);
  }
  return words;
}

const blocks = (node) => inside(node).replace(/\n[ \t]+(?=\n|[^\s>\-\d#|])/g, "\n");
