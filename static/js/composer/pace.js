// When to look for what is there already: in a pause, when there is something new to look for, and seldom.
// A title is looked for at most three times, however slowly it is typed: when it says enough, when it says much more,
// and when it is done. While the details are written, each look needs more new words than the one before.

const FEWEST_WORDS = 3;
const PAUSE = 300;
// Nobody looks for half a word: who stops in the middle of one gets a moment more.
const PAUSE_IN_WORD = 500;
const PAUSE_AT_END = 1200;
const PAUSE_IN_BODY = 1000;
const MUCH_MORE = 3;
const MOST_FOR_TITLE = 3;
const FEWEST_NEW = 5;
const FEWEST_AT_END = 3;
const MOST_FOR_BODY = 8;

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(document.documentElement.lang || undefined, { granularity: "word" }) : null;

/** The words of a text, once each; of a language without spaces too. */
export function wordsOf(text) {
  const all = segmenter ? [...segmenter.segment(text)].filter((each) => each.isWordLike).map((each) => each.segment) : text.split(/[^\p{L}\p{N}]+/u);
  return new Set(all.filter(Boolean).map((word) => word.toLocaleLowerCase()));
}

const countNew = (words, known) => [...words].filter((word) => !known.has(word)).length;
const isInWord = (text) => /[\p{L}\p{N}]$/u.test(text);

/** Calls `look` when it is time. `mayLook` says whether anybody wants to be told just now. */
export class Pace {
  constructor({ title, body, look, mayLook }) {
    Object.assign(this, { title, body, look, mayLook });
    this.known = new Set();
    this.knownOfBody = new Set();
    this.looks = this.bodyLooks = 0;
    title.addEventListener("input", () => this.wait(isInWord(title.value) ? PAUSE_IN_WORD : PAUSE, () => this.pauseInTitle()));
    title.addEventListener("change", () => this.endOfTitle());
    body?.addEventListener("input", () => this.wait(PAUSE_IN_BODY, () => this.pauseInBody(FEWEST_NEW)));
    body?.addEventListener("change", () => this.pauseInBody(FEWEST_AT_END));
  }

  wait(milliseconds, then) {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, milliseconds);
  }

  /** Another board is another question: what is known of the words counts no more. */
  anew() {
    if (this.enough(wordsOf(this.title.value))) this.now();
  }

  enough(words) {
    return words.size >= FEWEST_WORDS;
  }

  /** The title was written anew when less than half of what was looked for is still there. */
  forget(words) {
    if (!this.known.size || [...this.known].filter((word) => words.has(word)).length * 2 >= this.known.size) return;
    this.known = new Set();
    this.looks = 0;
  }

  pauseInTitle() {
    const words = wordsOf(this.title.value);
    this.forget(words);
    if (!this.enough(words)) return this.known.size || this.look(null);
    const fresh = countNew(words, this.known);
    if (fresh >= MUCH_MORE && this.looks < MOST_FOR_TITLE - 1) return this.now();
    if (fresh) this.wait(PAUSE_AT_END, () => this.endOfTitle());
  }

  endOfTitle() {
    const words = wordsOf(this.title.value);
    this.forget(words);
    if (this.enough(words) && countNew(words, this.known) && this.looks < MOST_FOR_TITLE) this.now();
  }

  pauseInBody(fewest) {
    const words = wordsOf(this.body.value);
    const fresh = countNew(words, new Set([...this.knownOfBody, ...this.known]));
    const isMuch = fresh >= Math.max(fewest, fewest === FEWEST_NEW ? this.knownOfBody.size / 2 : 0);
    if (!isMuch || this.bodyLooks >= MOST_FOR_BODY || !this.enough(wordsOf(this.title.value))) return;
    this.bodyLooks += 1;
    this.now("body");
  }

  now(of = "title") {
    clearTimeout(this.timer);
    if (!this.mayLook()) return;
    if (of === "title") this.looks += 1;
    this.known = wordsOf(this.title.value);
    this.knownOfBody = wordsOf(this.body?.value ?? "");
    this.look(of);
  }
}
