// Completions: people after an "@", and the board's tags between commas.

import { offer } from "./options.js";
import { insert, isInCode } from "./text.js";

// As the server reads mentions (content/markdown.py): no letter, digit or part of an address before the "@".
const MENTION = /(?:^|[^\p{L}\p{N}.+\-@/])@((?:[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,39})?)$/u;

export function wakeMentions({ place, text, page, words }) {
  if (!place.dataset.mentionsUrl) return;
  offer(text, {
    host: place,
    label: words.people,
    words: { found: words.found },
    page,
    tokenAt(value, caret) {
      const found = MENTION.exec(value.slice(Math.max(0, caret - 60), caret));
      if (!found || /[\p{L}\p{N}_]/u.test(value[caret] ?? "") || isInCode(value, caret)) return null;
      return { from: caret - found[1].length - 1, query: found[1] };
    },
    async find(query, signal) {
      const address = new URL(place.dataset.mentionsUrl, location.href);
      address.searchParams.set("q", query);
      const answer = await fetch(address, { signal, redirect: "error", headers: { "HX-Request": "true" } });
      if (answer.status !== 200) return [];
      const held = document.createElement("template");
      held.innerHTML = await answer.text();
      return [...held.content.children];
    },
    take(option, token) {
      text.setSelectionRange(token.from, text.selectionEnd);
      insert(text, `@${option.dataset.value} `);
    },
  });
}

/** The tags of the board, offered for the word between the commas. They stand in a datalist that comes with the board. */
export function wakeTags({ form, page, words }) {
  const field = form.querySelector("input[name=tags]:not([type=checkbox])");
  const known = form.querySelector("[data-known-tags]");
  if (!field || !known || field.dataset.offers) return;
  field.dataset.offers = "yes";
  const names = [...known.querySelectorAll("option")].map((option) => option.value);
  offer(field, {
    host: field.parentElement,
    label: words.tags,
    words: { found: words.found },
    page,
    tokenAt(value, caret) {
      const from = value.lastIndexOf(",", caret - 1) + 1;
      const query = value.slice(from, caret).trim();
      return query ? { from, query } : null;
    },
    async find(query) {
      const taken = new Set(field.value.split(",").map((word) => word.trim().toLowerCase()));
      const low = query.toLowerCase();
      const fitting = names.filter((name) => name.toLowerCase().includes(low) && !taken.has(name.toLowerCase()));
      fitting.sort((a, b) => b.toLowerCase().startsWith(low) - a.toLowerCase().startsWith(low));
      return fitting.slice(0, 6).map((name) => {
        const option = document.createElement("li");
        option.dataset.value = option.textContent = name;
        return option;
      });
    },
    take(option, token) {
      const found = field.value.indexOf(",", token.from);
      field.setSelectionRange(token.from, found === -1 ? field.value.length : found + 1);
      insert(field, `${token.from ? " " : ""}${option.dataset.value}, `);
    },
  });
}
