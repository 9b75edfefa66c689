// Searches the site with Pagefind, which is loaded when the reader searches. All text comes from the page or, as text
// and never as HTML, from the index. The address holds the query, so that a search can be kept, shared and gone back to.

const SHOWN = 10;

const form = document.getElementById("search");
const status = document.getElementById("search-status");
const found = document.getElementById("search-found");
const list = found.querySelector("ol");
const more = document.getElementById("search-more");
const pattern = document.getElementById("search-result");

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
  // The oldest first, and in each the items are so, too: see `sorted`.
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

/** The best first, and of equals the newest: without words all are equal. */
function sorted(results) {
  return results.reverse().sort((one, other) => other.score - one.score);
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
  results = [];
  list.replaceChildren();
  found.hidden = true;
  if (!query) return say("");
  say("busy");
  try {
    const engine = await load();
    const answer = await engine.search(words || null, { filters });
    if (number !== latest) return;
    results = sorted(answer.results);
    await show(number);
    if (number !== latest) return;
    found.hidden = results.length === 0;
    say(results.length ? "found" : "none", query);
  } catch {
    if (number === latest) say("failed");
  }
}

/** Appends the next results; returns the first of them. */
async function show(number) {
  const next = results.slice(list.children.length, list.children.length + SHOWN);
  const entries = await Promise.all(next.map((result) => result.data()));
  if (number !== latest) return undefined;
  const rows = entries.map(row);
  list.append(...rows);
  more.hidden = list.children.length >= results.length;
  return rows[0];
}

function row({ url, meta, excerpt, plain_excerpt: plain }) {
  const made = pattern.content.firstElementChild.cloneNode(true);
  const link = made.querySelector("a");
  link.href = url;
  link.textContent = meta.title;
  made.querySelector(".source").textContent = meta.source;
  made.querySelector(".when").textContent = meta.date;
  made.querySelector(".names").textContent = meta.topics;
  if (unescaped(plain) !== meta.title) made.querySelector(".summary").append(...marked(excerpt));
  return made;
}

/** The excerpt's text, with what was found in it marked. Only the marks are the engine's; it has escaped all others. */
function marked(excerpt) {
  return excerpt.split(/<mark>(.*?)<\/mark>/s).map((part, index) => {
    if (index % 2 === 0) return unescaped(part);
    const mark = document.createElement("mark");
    mark.textContent = unescaped(part);
    return mark;
  });
}

function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
}

function fill() {
  const asked = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field.name) field.value = asked.get(field.name) ?? "";
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
more.addEventListener("click", async () => {
  more.disabled = true;
  try {
    const first = await show(latest);
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
