// The search box over every page. The server finds and ranks; here are only the keys and the waiting.
(function () {
  "use strict";

  const WAIT_MS = 120;
  const box = document.getElementById("palette");
  if (!box) return;
  const input = box.querySelector("[name=q]");
  const found = document.getElementById("palette-found");
  let timer = 0;
  let asked = null;
  let cameFrom = null;

  function options() {
    return [...found.querySelectorAll("a.hit")];
  }

  function choose(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function chosen() {
    return found.querySelector("a.hit[aria-selected=true]");
  }

  function show(html) {
    found.innerHTML = html;
    options().forEach((option, at) => {
      option.id = `hit-${at}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
    });
    for (const told of found.querySelectorAll(".masked")) {
      told.setAttribute("role", "option");
      told.setAttribute("aria-disabled", "true");
    }
    choose(options()[0]);
  }

  // Whether the answer is shown; not where another question came in between.
  async function ask() {
    clearTimeout(timer);
    timer = 0;
    if (asked) asked.abort();
    const mine = (asked = new AbortController());
    found.setAttribute("aria-busy", "true");
    try {
      const address = `${box.dataset.palette}?box=&q=${encodeURIComponent(input.value)}`;
      const answer = await fetch(address, { signal: mine.signal, headers: { "HX-Request": "true" } });
      if (answer.redirected) {
        location.href = box.dataset.palette;
        return false;
      }
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (mine === asked) show(html);
    } catch (problem) {
      if (problem.name === "AbortError") return false;
      found.replaceChildren(document.getElementById("no-answer").content.cloneNode(true));
    }
    if (mine !== asked) return false;
    asked = null;
    found.setAttribute("aria-busy", "false");
    return true;
  }

  function open() {
    if (box.open) return;
    if (document.querySelector("dialog[open]")) return;
    cameFrom = document.activeElement;
    box.showModal();
    input.select();
    ask();
  }

  document.addEventListener("yinfeng:search", open);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens-palette]");
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open();
    } else if (event.target === box) box.close();
  });
  // Before the click is followed: what it leads to may be another dialog.
  found.addEventListener("click", (event) => {
    if (event.target.closest("a.hit") && !event.ctrlKey && !event.metaKey && !event.shiftKey) box.close();
  });
  box.addEventListener("close", () => {
    clearTimeout(timer);
    if (asked) asked.abort();
    if (cameFrom && cameFrom.isConnected) cameFrom.focus();
  });

  // While an input method composes, letters of the pinyin are not yet the question.
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });

  function step(by) {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen());
    choose(all[(at + by + all.length) % all.length]);
  }

  input.addEventListener("keydown", (event) => {
    if (window.yinfengComposing(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      follow(event.ctrlKey || event.metaKey);
    }
  });

  // What is shown may still belong to what was typed before: then the answer to all of it is waited for.
  async function follow(inNewTab) {
    if ((timer || asked) && !(await ask())) return;
    const option = chosen();
    if (!option) return;
    if (inNewTab) window.open(option.href, "_blank", "noopener");
    else option.click();
  }
})();
