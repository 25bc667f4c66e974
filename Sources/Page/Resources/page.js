// Optional comfort: everything works without this file. It replaces the main part and the bar every
// few seconds without touching scroll position, focus, open details or typed text, keeps relative
// times current, marks a page that is late, and remembers the theme.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // Theme: automatic, light or dark.
  const themes = ["auto", "light", "dark"];
  const stored = () => {
    try { return localStorage.getItem("graphwarden-theme") || "auto"; } catch { return "auto"; }
  };
  const show = (theme, page = document) => {
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    const button = page.getElementById("theme");
    if (button) { button.hidden = false; button.title = `Theme: ${theme}`; button.setAttribute("aria-label", button.title); }
  };
  const toggleTheme = () => {
    const next = themes[(themes.indexOf(stored()) + 1) % themes.length];
    try { localStorage.setItem("graphwarden-theme", next); } catch { /* not remembered */ }
    show(next);
  };

  // Times, as the server writes them.
  const pair = (big, unit, rest, less) => rest ? `${big} ${unit} ${rest} ${less}` : `${big} ${unit}`;
  const span = (seconds) => {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 120) return `${s} s`;
    if (s < 600) return pair(Math.floor(s / 60), "min", s % 60, "s");
    if (s < 7200) return `${Math.floor(s / 60)} min`;
    if (s < 172800) return pair(Math.floor(s / 3600), "h", Math.floor(s % 3600 / 60), "min");
    return pair(Math.floor(s / 86400), "d", Math.floor(s % 86400 / 3600), "h");
  };
  // The clock of the browser may differ from that of the agent.
  let offset = 0;
  const tick = () => {
    const now = Date.now() + offset;
    for (const element of document.querySelectorAll("time.ago")) {
      const age = (now - Date.parse(element.dateTime)) / 1000;
      if (!Number.isFinite(age)) continue;
      const text = age < -1 ? `in ${span(-age)}` : age < 1 ? "now" : `${span(age)} ago`;
      if (element.textContent !== text) element.textContent = text;
    }
    const bar = document.getElementById("age"), step = bar?.querySelector("time.ago");
    if (!step) return;
    const age = (now - Date.parse(step.dateTime)) / 1000;
    bar.classList.toggle("alarm", !(age <= Number(bar.dataset.late)) || root.classList.contains("stale"));
  };

  const reveal = (page = document) => {
    // Browsers have no clipboard for pages over plain HTTP.
    for (const button of page.querySelectorAll("button.copy")) button.hidden = !navigator.clipboard;
    show(stored(), page);
  };

  // Refresh.
  const isTyping = () => {
    const active = document.activeElement;
    return active && active.matches("input, textarea, select");
  };
  // Whether a field has another value than the page gave it.
  const isChanged = (field) => {
    if (field.matches("select")) {
      const given = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(0, given);
    }
    return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  };
  const isInUse = () => isTyping() || String(getSelection())
    || [...document.querySelectorAll("input, textarea, select")].some(isChanged);
  const replace = (id, fresh) => {
    const old = document.getElementById(id), next = fresh.getElementById(id);
    if (!old || !next || old.innerHTML === next.innerHTML) return;
    const open = [...old.querySelectorAll("details[id]")].filter((d) => d.open).map((d) => d.id);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const selector = focused && (focused.id ? `#${CSS.escape(focused.id)}`
      : focused.getAttribute("href") ? `a[href="${CSS.escape(focused.getAttribute("href"))}"]` : null);
    old.replaceChildren(...next.childNodes);
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    if (selector) old.querySelector(selector)?.focus({ preventScroll: true });
  };
  // Shown beside the age of the page until an answer comes again.
  const mark = (isStale) => {
    root.classList.toggle("stale", isStale);
    tick();
  };
  const load = async () => {
    // Browsers refuse to fetch an address that holds credentials.
    const address = new URL(location.href);
    address.username = address.password = "";
    const response = await fetch(address, {
      headers: { Accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(20000),
    });
    if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
    const date = Date.parse(response.headers.get("Date"));
    if (Number.isFinite(date)) offset = date - Date.now();
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (isInUse()) return;
    document.title = fresh.title;
    // Before it is shown: what appears afterwards would move the rest.
    reveal(fresh);
    for (const id of ["bar", "main"]) replace(id, fresh);
  };
  let isLoading = false;
  const refresh = async () => {
    if (isLoading || document.hidden || isInUse()) return;
    isLoading = true;
    try { await load(); mark(false); } catch { mark(true); } finally { isLoading = false; }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "theme") toggleTheme();
    if (button.dataset.copy) {
      const source = document.getElementById(button.dataset.copy);
      navigator.clipboard?.writeText(source.textContent).then(() => { button.textContent = "Copied"; });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    document.getElementById("search")?.focus();
  });

  // Before the first paint.
  show(stored());
  document.addEventListener("DOMContentLoaded", () => {
    reveal();
    tick();
    setInterval(tick, 1000);
    const seconds = Number(document.body.dataset.refresh);
    if (!(seconds > 0)) return;
    setInterval(refresh, seconds * 1000);
    document.addEventListener("visibilitychange", refresh);
  });
})();
