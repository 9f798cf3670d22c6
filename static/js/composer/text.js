// Changing text the way its writer would: through the editing command, so that undo knows of it.

/** Replace the selection, with the caret behind the new words. */
export function insert(text, words) {
  text.focus();
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** A line of its own below the caret's, with the caret after it. */
export function insertBelow(text, words) {
  const found = text.value.indexOf("\n", text.selectionEnd);
  const end = found === -1 ? text.value.length : found;
  text.setSelectionRange(end, end);
  const isFirst = end === 0 || text.value[end - 1] === "\n";
  insert(text, `${isFirst ? "" : "\n\n"}${words}\n`);
}

/** Put `words` where `mark` stands, without taking the caret from where somebody writes; whether it was found. */
export function replaceMark(text, mark, words) {
  const at = text.value.indexOf(mark);
  if (at === -1) return false;
  let end = at + mark.length;
  if (!words && text.value[end] === "\n") end += 1;
  const { selectionStart, selectionEnd } = text;
  const shift = words.length - (end - at);
  if (document.activeElement === text) {
    text.setSelectionRange(at, end);
    if (!document.execCommand(words ? "insertText" : "delete", false, words)) text.setRangeText(words, at, end, "end");
    const moved = (place) => (place <= at ? place : Math.max(place + shift, at + words.length));
    text.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  } else {
    text.setRangeText(words, at, end, "preserve");
  }
  text.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

export function selected(text) {
  return text.value.slice(text.selectionStart, text.selectionEnd);
}

/** Whether this place of the text stands inside a block of code. */
export function isInCode(value, place) {
  return (value.slice(0, place).match(/^ {0,3}(```|~~~)/gm) ?? []).length % 2 === 1;
}

/** Marks around the selection; pressed again on what is marked, they go. */
function surround(text, before, after = before) {
  const words = selected(text);
  if (words.startsWith(before) && words.endsWith(after) && words.length >= before.length + after.length) {
    return insert(text, words.slice(before.length, words.length - after.length));
  }
  const from = text.selectionStart;
  insert(text, before + words + after);
  text.setSelectionRange(from + before.length, from + before.length + words.length);
}

/** A mark before every line of the selection, widened to whole lines. */
function prefix(text, mark) {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const found = text.value.indexOf("\n", text.selectionEnd);
  text.setSelectionRange(from, found === -1 ? text.value.length : found);
  const lines = selected(text).split("\n");
  insert(text, lines.map((line, at) => mark(at) + line).join("\n"));
}

export const FORMATS = {
  bold: (text) => surround(text, "**"),
  italic: (text) => surround(text, "*"),
  code: (text) => (selected(text).includes("\n") ? surround(text, "```\n", "\n```") : surround(text, "`")),
  quote: (text) => prefix(text, () => "> "),
  list: (text) => prefix(text, () => "- "),
  "list-ordered": (text) => prefix(text, (at) => `${at + 1}. `),
  link: (text) => {
    const words = selected(text);
    const from = text.selectionStart;
    const isAddress = /^https?:\/\/\S+$/.test(words);
    insert(text, isAddress ? `[](${words})` : `[${words}](https://)`);
    if (isAddress) text.setSelectionRange(from + 1, from + 1);
    else text.setSelectionRange(from + words.length + 3, from + words.length + 11);
  },
};

const ITEM = /^(\s*)(?:([-*+]|(\d{1,6})([.)]))(\s+)|(>)(\s?))/;

/** A new line that goes on with the list or quote of this one; an item without words ends it. Whether it did anything. */
export function continueList(text) {
  if (text.selectionStart !== text.selectionEnd || isInCode(text.value, text.selectionStart)) return false;
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const found = text.value.indexOf("\n", from);
  const line = text.value.slice(from, found === -1 ? text.value.length : found);
  const item = ITEM.exec(line);
  if (!item || text.selectionStart < from + item[0].length) return false;
  if (!line.slice(item[0].length).trim()) {
    text.setSelectionRange(from, from + line.length);
    document.execCommand("delete");
    return true;
  }
  const [, indent, bullet, number, dot, space, arrow, gap] = item;
  insert(text, `\n${indent}${arrow ? arrow + gap : (number ? Number(number) + 1 + dot : bullet) + space}`);
  return true;
}
