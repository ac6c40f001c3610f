// The keyboard. No key acts while a field has the focus, nor while an input method is composing.
(function () {
  "use strict";

  // After an input method ends, its Enter still arrives as an ordinary key for a moment.
  const SETTLE_MS = 80;
  let composedAt = 0;
  document.addEventListener("compositionend", () => {
    composedAt = performance.now();
  });

  function composing(event) {
    return event.isComposing || event.keyCode === 229 || performance.now() - composedAt < SETTLE_MS;
  }

  window.yinfengComposing = composing;

  function typing(element) {
    return element && (element.isContentEditable || element.matches("input, select, textarea"));
  }

  function shown(element) {
    return element.getClientRects().length > 0;
  }

  function press(key) {
    const marked = [...document.querySelectorAll(`[data-hotkey="${CSS.escape(key)}"]`)];
    const target = marked.find(shown) || marked[0];
    if (target) target.click();
    return Boolean(target);
  }

  // J and K walk through the rows: the focus goes to the main link of the next or previous one.
  function walk(step) {
    const links = [...document.querySelectorAll("[data-row]")].filter(shown);
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next =
      at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
    links[next].focus();
    return true;
  }

  // L logs a conversation on the focused row; on a record, in its own box.
  function logOnRow() {
    const row = document.activeElement.closest("tr, li, .card");
    const link = row && row.querySelector("[data-log]");
    const box = document.querySelector("#main .comp textarea[name=summary]");
    if (link) link.click();
    else if (box) box.focus();
    return Boolean(link || box);
  }

  function focusFilter() {
    const first = [...document.querySelectorAll(".filters :is(input, select):not([type=hidden])")].find(
      shown,
    );
    if (first) first.focus();
    return Boolean(first);
  }

  function search() {
    document.dispatchEvent(new Event("yinfeng:search"));
    return true;
  }

  function help() {
    const dialog = document.getElementById("help");
    if (dialog && !dialog.open) dialog.showModal();
    return Boolean(dialog);
  }

  const KEYS = {
    "/": search,
    f: focusFilter,
    "?": help,
    j: () => walk(1),
    k: () => walk(-1),
    n: () => press("n"),
    "+": () => press("n"),
    e: () => press("e"),
    l: logOnRow,
    "[": () => press("["),
    "]": () => press("]"),
  };

  // The browser asks first: a form with a refused field keeps the focus and says why. Where no form has the focus, the
  // one marked `data-ctrl-enter` is meant, unless a dialog stands before it.
  function saveFocusedForm() {
    const focused = document.activeElement && document.activeElement.form;
    const form = focused || (!document.querySelector("dialog[open]") && document.querySelector("form[data-ctrl-enter]"));
    if (!form || form.method !== "post") return false;
    form.requestSubmit(form.querySelector("button.main:not([disabled])") || undefined);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event)) {
      // Enter only chooses a word here; it must not send the form.
      if (event.key === "Enter" && !event.isComposing) event.preventDefault();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (saveFocusedForm()) event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search();
      return;
    }
    if (event.key === "Escape") {
      const menu = document.querySelector("details.pop[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(document.activeElement)) return;
    if (document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key.toLowerCase()];
    if (act && act()) event.preventDefault();
  });
})();
