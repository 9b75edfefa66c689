// What the pages gain from a script. Everything works without it.
const root = document.documentElement;

function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Not remembered, then.
  }
}

function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

// Light and dark. The system decides until a reader does; whoever chooses what the system says follows it again.
const system = matchMedia("(prefers-color-scheme: dark)");
const themeSwitch = document.querySelector("[data-theme-switch]");

function theme() {
  return root.dataset.theme ?? (system.matches ? "dark" : "light");
}

function showTheme() {
  for (const label of themeSwitch.querySelectorAll("[data-when]")) label.hidden = label.dataset.when !== theme();
}

function switchTheme() {
  const wanted = theme() === "dark" ? "light" : "dark";
  if (wanted === (system.matches ? "dark" : "light")) {
    delete root.dataset.theme;
    remember("theme", null);
  } else {
    root.dataset.theme = wanted;
    remember("theme", wanted);
  }
  showTheme();
}

if (themeSwitch) {
  themeSwitch.hidden = false;
  themeSwitch.addEventListener("click", switchTheme);
  system.addEventListener("change", showTheme);
  showTheme();
}

// The box of a picture that fails shows the publisher's name. It is taken out where it is well below what a reader sees, so
// nothing moves before their eyes.
const below = new IntersectionObserver(
  (entries) => {
    for (const { target, boundingClientRect, rootBounds } of entries) {
      if (rootBounds && boundingClientRect.top >= rootBounds.bottom) target.classList.add("gone");
      below.unobserve(target);
    }
  },
  { rootMargin: "0px 0px 50% 0px" },
);

function dropPicture(image) {
  if (!(image instanceof HTMLImageElement)) return;
  const box = image.closest(".media");
  if (!box) return image.closest(".meta") && image.remove();
  box.dataset.source = box.closest(".card, .story, .item")?.querySelector(".source")?.lastChild.textContent ?? "";
  box.classList.add("failed");
  below.observe(box);
}

document.addEventListener("error", (event) => dropPicture(event.target), true);
for (const image of document.images) if (image.complete && !image.naturalWidth && image.currentSrc) dropPicture(image);

// Shortcuts of a single key, which a reader can switch off (WCAG 2.2, 2.1.4).
const dialog = document.querySelector("#shortcuts");
const enabled = dialog?.querySelector("[data-shortcuts-enabled]");
const opener = document.querySelector("[data-shortcuts-open]");

function moveHeadline(step) {
  const links = [...document.querySelectorAll("main .headline a")].filter((link) =>
    link.checkVisibility(),
  );
  const current = links.indexOf(document.activeElement);
  const next = current < 0 ? (step > 0 ? 0 : links.length - 1) : current + step;
  links[next]?.focus();
}

const actions = {
  j: () => moveHeadline(1),
  k: () => moveHeadline(-1),
  h: () => location.assign(dialog.dataset.front),
  t: () => themeSwitch?.click(),
  "?": () => dialog.showModal(),
};

const searchField = document.querySelector("[role=search] input");
if (searchField) actions["/"] = () => searchField.focus();

if (dialog && opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  enabled.checked = recall("shortcuts") !== "off";
  enabled.addEventListener("change", () => remember("shortcuts", enabled.checked ? null : "off"));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (isTyping || dialog.open || !enabled.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
