// Searches the site with Pagefind, which is loaded when the reader searches. All text comes from the page or, as text
// and never as HTML, from the index. The address holds the query, so that a search can be kept, shared and gone back to.

const SHOWN = 10;
const OTHERS = 2;
// In words: where a summary matches later than this, its beginning is left out.
const LEAD_IN = 24;
const CONTEXT = 8;
// The scores of a segment depend on how rare a word is there, so scores that differ less are equal.
const BANDS = 5;
// Soft hyphens, joiners and the like change how a word looks, and no word of the index has them.
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

const form = document.getElementById("search");
const status = document.getElementById("search-status");
const found = document.getElementById("search-found");
const list = found.querySelector("ol");
const more = document.getElementById("search-more");
const order = document.getElementById("search-order");
const pattern = document.getElementById("search-result");
const packs = new Map();

let loading;
let failures = 0;
let latest = 0;
let results = [];

/** Loads the engine and joins the segments to it, once; after a failure the next search tries again. */
function load() {
  loading ??= join().catch((error) => {
    loading = undefined;
    failures += 1;
    throw error;
  });
  return loading;
}

async function join() {
  // After a failure another module: the first has merged what it could, and would merge it again.
  const engine = await import(failures ? `${form.dataset.engine}?${failures}` : form.dataset.engine);
  // The engine's folder changes with its version and an entry's tag with its segment: browsers may keep both.
  await engine.options({ baseUrl: form.dataset.base, metaCacheTag: "1" });
  // The oldest first, and in each the stories are so, too: see `sorted`.
  const segments = [...form.querySelectorAll("data")].reverse().map(({ value, dataset }) =>
    engine.mergeIndex(value.slice(0, value.lastIndexOf("/") + 1), {
      baseUrl: form.dataset.base,
      metaCacheTag: dataset.tag,
      mergeFilter: { year: dataset.year },
    }),
  );
  await Promise.all(segments);
  return engine;
}

/** The newest first, or else the best, and of those of about the same relevance the newest: without words all are. */
function sorted(results, byDate) {
  const best = Math.max(...results.map(({ score }) => score));
  const entries = results.reverse().map(({ id, score, words }) => {
    // The index names a record by its file, its place in it, and the time of its newest report.
    const [file, place, newest] = id.split(" ");
    return { file, place, newest, words, rank: byDate || !best ? 0 : Math.round((BANDS * score) / best) };
  });
  return entries.sort((one, other) => other.rank - one.rank || other.newest - one.newest);
}

function say(kind, query = "") {
  if (kind === "found") kind = `found-${new Intl.PluralRules(document.documentElement.lang).select(results.length)}`;
  const count = new Intl.NumberFormat(document.documentElement.lang).format(results.length);
  status.textContent = (status.getAttribute(`data-${kind}`) ?? status.getAttribute(`data-${kind.replace(/-.*/, "-other")}`) ?? "").replace(/\{(count|query)\}/g, (_, name) => ({ count, query })[name]);
}

async function search() {
  const number = ++latest;
  const fields = new FormData(form);
  const words = fields.get("q").trim();
  const filters = {};
  const chosen = [];
  for (const name of ["topic", "source", "year"]) {
    if (!fields.get(name)) continue;
    filters[name] = fields.get(name);
    chosen.push(form.elements[name].selectedOptions[0].text);
  }
  // Without words, all that is chosen.
  const query = words || chosen.join(", ");
  list.setAttribute("aria-busy", "true");
  if (!query) return end([], "");
  say("busy");
  try {
    const engine = await load();
    const answer = await engine.search(words.normalize().replace(INVISIBLE, "") || null, { filters });
    if (number !== latest) return;
    const answers = sorted(answer.results, fields.get("sort") === "date");
    const rows = await Promise.all(answers.slice(0, SHOWN).map(row));
    if (number !== latest) return;
    results = answers;
    order.hidden = !words;
    end(rows, rows.length ? "found" : "none", query);
  } catch {
    if (number === latest) end([], "failed");
  }
}

/** Shows the first results in place of earlier ones, which stay until then, so that the page does not jump. */
function end(rows, kind, query) {
  if (rows.length === 0) {
    results = [];
    order.hidden = true;
  }
  list.replaceChildren(...rows);
  list.removeAttribute("aria-busy");
  more.hidden = rows.length >= results.length;
  found.hidden = rows.length === 0;
  say(kind, query);
}

/** Appends the next results; returns the first of them. */
async function show() {
  const shown = list.children.length;
  const asked = results;
  const rows = await Promise.all(asked.slice(shown, shown + SHOWN).map(row));
  if (results !== asked) return undefined;
  list.append(...rows);
  more.hidden = list.children.length >= results.length;
  return rows[0];
}

/** Loads a file of records, once. */
function pack(file) {
  if (!packs.has(file)) {
    const asked = fetch(new URL(file, form.action)).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    });
    packs.set(file, asked);
    asked.catch(() => packs.delete(file));
  }
  return packs.get(file);
}

async function row({ file, place, words }) {
  const record = (await pack(file))[place];
  const made = pattern.content.firstElementChild.cloneNode(true);
  const link = made.querySelector("a");
  link.href = form.dataset.base + record.address.slice(1);
  link.textContent = record.title;
  for (const [name, text] of [["date", record.date], ["coverage", record.sources], ["source", record.source], ["names", record.topics]]) {
    const part = made.querySelector(`.${name}`);
    if (text) part.textContent = text;
    else part.remove();
  }
  // The words of the summary and of the other reports are numbered one after the other.
  const hits = new Set(words);
  let start = 0;
  const number = (text) => {
    const texts = text ? text.split(" ") : [];
    const numbered = texts.map((word, index) => ({ word, hit: hits.has(start + index) }));
    start += texts.length;
    return numbered;
  };
  const summary = number(record.summary);
  const others = record.others.map((other) => other.map(number));
  const text = made.querySelector(".summary");
  if (summary.length) text.append(...marked(from(summary)));
  else text.remove();
  const rest = different(record, others);
  const below = made.querySelector(".others");
  for (const [source, title] of rest) {
    const line = document.createElement("li");
    const name = document.createElement("b");
    name.append(...marked(source));
    line.append(name, " ", ...marked(title));
    below.append(line);
  }
  if (rest.length === 0) below.remove();
  return made;
}

/** Up to two other reports with headlines of their own; those that match first. */
function different({ title, others }, numbered) {
  const seen = new Set([title, ""]);
  const chosen = numbered.filter((_, index) => !seen.has(others[index][1]) && seen.add(others[index][1]));
  const hits = (parts) => Number(parts.flat().some(({ hit }) => hit));
  return chosen.sort((one, other) => hits(other) - hits(one)).slice(0, OTHERS);
}

/** A summary from its beginning, or from shortly before its first match if that is far behind. */
function from(words) {
  const first = words.findIndex(({ hit }) => hit);
  return first < LEAD_IN ? words : [{ word: "…", hit: false }, ...words.slice(first - CONTEXT)];
}

/** Text in which the matches are marked. */
function marked(words) {
  return words.flatMap(({ word, hit }, index) => {
    const space = index ? " " : "";
    if (!hit) return [space + word];
    const mark = document.createElement("mark");
    mark.textContent = word;
    return [space, mark];
  });
}

function fill() {
  const asked = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = field.value === "" || field.value === asked.get(field.name);
    else if (field.name) field.value = asked.get(field.name) ?? "";
    // A value that is no choice leaves a list without any.
    if (field.selectedIndex === -1) field.selectedIndex = 0;
  }
}

function submit() {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
  const address = asked.size ? `?${asked}` : location.pathname;
  if (address !== location.search) history.pushState(null, "", address);
  search();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener("change", (event) => {
  if (event.target.matches("select")) submit();
});
order.addEventListener("change", submit);
more.addEventListener("click", async () => {
  more.disabled = true;
  try {
    const first = await show();
    first?.querySelector("a").focus();
  } catch {
    say("failed");
  } finally {
    more.disabled = false;
  }
});
addEventListener("popstate", () => {
  fill();
  search();
});
document.getElementById("search-note").hidden = true;
fill();
search();
