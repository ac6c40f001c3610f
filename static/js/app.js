// What every page does beyond plain HTML: filters, forms, dialogs, kept text. Texts come from the page, never from here.
(function () {
  "use strict";

  const UNLOCK_MS = 15000;

  const store = {
    get(key) {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    names() {
      try {
        return Object.keys(localStorage);
      } catch {
        return [];
      }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Full or forbidden storage loses only the convenience.
      }
    },
  };

  // Navigation: folds by hand, remembered; boot.js restores it before the first paint.
  function foldNavigation() {
    const folded = document.documentElement.classList.toggle("fold-nav");
    store.set("yinfeng.nav", folded ? "folded" : null);
  }

  // Filters: submit on change, without empty parameters, so that the address stays short enough to send to a colleague.
  function dropEmpty(form) {
    for (const control of form.elements) {
      if (control.name && control.value === "" && control.type !== "radio") control.disabled = true;
    }
  }

  // A second press while the first is under way would write twice; the server refuses it too, this saves the wait.
  function lockForm(form) {
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      // After the browser has collected the values: a disabled button would not send its own.
      setTimeout(() => {
        button.disabled = true;
        button.dataset.locked = "";
      });
    }
  }

  function unlockForms() {
    for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy;
    for (const button of document.querySelectorAll("[data-locked]")) {
      button.disabled = false;
      delete button.dataset.locked;
    }
    for (const form of document.querySelectorAll("form[data-autosubmit]")) {
      for (const control of form.elements) control.disabled = false;
    }
  }

  // Text typed into [data-keep] survives a lost connection and an expired session. Sending it proves nothing: it is
  // dropped only when a page says that something was saved (the toast).
  const KEPT = "yinfeng.text.";
  const SENT = ".sent";

  function keepText(area) {
    // With the person in its name, since office computers are shared.
    const key = KEPT + document.body.dataset.viewer + location.pathname + "." + area.dataset.keep;
    store.set(key + SENT, null);
    if (area.value === "") area.value = store.get(key) || "";
    area.addEventListener("input", () => store.set(key, area.value || null));
    if (area.form) area.form.addEventListener("submit", () => store.set(key + SENT, "1"));
  }

  function dropSavedText() {
    for (const name of store.names()) {
      if (!name.startsWith(KEPT) || !name.endsWith(SENT)) continue;
      store.set(name, null);
      store.set(name.slice(0, -SENT.length), null);
    }
  }

  function forgetText() {
    for (const name of store.names()) {
      if (name.startsWith(KEPT)) store.set(name, null);
    }
  }

  // A chip writes the day the server computed into its date field.
  function fillDate(chip) {
    const input = document.getElementById(chip.dataset.sets);
    if (!input) return;
    input.value = chip.dataset.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    markChips(input);
  }

  function markChips(input) {
    for (const chip of document.querySelectorAll(`[data-sets="${CSS.escape(input.id)}"]`)) {
      chip.setAttribute("aria-pressed", String(chip.dataset.value === input.value));
    }
  }

  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (dialog && dialog.showModal && !dialog.open) dialog.showModal();
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.pop[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  // A toast leaves after ten seconds, but not while somebody reads it with the pointer or the focus on it. The server
  // takes a deed back only for a while longer, so the button goes by then, read or not.
  const TOAST_SECONDS = 10;
  const UNDO_SECONDS = 35;

  function runToast(toast) {
    let left = TOAST_SECONDS;
    let age = 0;
    const seconds = toast.querySelector("[data-left]");
    const timer = setInterval(() => {
      age += 1;
      const undo = toast.querySelector("[data-undo]");
      if (undo && age >= UNDO_SECONDS && !("busy" in undo.dataset)) undo.remove();
      if (toast.matches(":hover, :focus-within")) return;
      left -= 1;
      if (seconds) seconds.textContent = String(Math.max(left, 0));
      if (left <= 0) {
        clearInterval(timer);
        toast.remove();
      }
    }, 1000);
  }

  // A fragment's answer brings its toast in the header HX-Trigger: {"toast": {"text": …, "undo": batch or ""}}.
  function showToast(said) {
    const place = document.querySelector("[data-toasts]");
    const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
    const undo = toast.querySelector("[data-undo]");
    toast.querySelector("span").textContent = said.text;
    // The attribute: in a template nothing has an address yet, so the property would be empty.
    if (said.undo) undo.setAttribute("action", undo.getAttribute("action").replace(/[0-9a-f-]{36}/, said.undo));
    else undo.remove();
    undo.elements.next.value = location.pathname + location.search;
    place.replaceChildren(toast);
    runToast(toast);
    dropSavedText();
  }

  document.addEventListener("toast", (event) => showToast(event.detail));

  document.addEventListener("click", (event) => {
    const target = event.target.closest(
      "[data-folds-nav], [data-opens], [data-closes], [data-closes-toast], [data-sets], [data-prints]",
    );
    closeMenus(event.target.closest("details.pop"));
    if (!target) return;
    if ("foldsNav" in target.dataset) foldNavigation();
    else if ("opens" in target.dataset) {
      closeMenus(null);
      openDialog(target.dataset.opens);
    } else if ("closes" in target.dataset) target.closest("dialog").close();
    else if ("closesToast" in target.dataset) target.closest("[data-toast]").remove();
    else if ("sets" in target.dataset) fillDate(target);
    else if ("prints" in target.dataset) window.print();
  });

  // A box in the head of a table ticks the boxes of its rows.
  function tickRows(box) {
    for (const each of box.closest("table").querySelectorAll(`input[name="${CSS.escape(box.dataset.ticks)}"]`)) {
      each.checked = box.checked;
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if ("ticks" in event.target.dataset) tickRows(event.target);
    if (event.target.type === "date") markChips(event.target);
    // Folded filters are chosen together and sent by their own button.
    if (form && "autosubmit" in form.dataset && !event.target.closest(".panel")) form.requestSubmit();
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if ("autosubmit" in event.target.dataset) dropEmpty(event.target);
    if (event.target.method !== "post") return;
    if ("busy" in event.target.dataset) {
      event.preventDefault();
      return;
    }
    event.target.dataset.busy = "";
    if ("forgets" in event.target.dataset) forgetText();
    lockForm(event.target);
    // An answer that is a file opens no page, so nothing else would unlock the form.
    setTimeout(unlockForms, UNLOCK_MS);
  });

  // Back from the browser's page cache: what was locked must work again.
  window.addEventListener("pageshow", unlockForms);
  document.addEventListener("htmx:afterRequest", unlockForms);

  // A fragment that could not be fetched says so on the page; the two sentences wait in templates.
  function sayFailed(id) {
    const source = document.getElementById(id);
    const main = document.querySelector("dialog[open] #pane-body") || document.getElementById("main");
    for (const old of main.querySelectorAll("[data-failure]")) old.remove();
    const notice = source.content.firstElementChild.cloneNode(true);
    notice.dataset.failure = "";
    main.prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:sendError", () => sayFailed("no-answer"));
  document.addEventListener("htmx:timeout", () => sayFailed("no-answer"));
  document.addEventListener("htmx:responseError", (event) => {
    // The session ended: the sign-in page brings the person back here, and kept text is still there.
    if (event.detail.xhr.status === 401) location.reload();
    else sayFailed("refused");
  });
  // A signed-out fragment is redirected to the sign-in page, which must not land inside a sheet.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const address = event.detail.xhr.responseURL;
    const body = document.body;
    if (address && new URL(address).pathname === body.dataset.signIn) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  function prepare(root) {
    if (root.querySelector("[data-toast]")) dropSavedText();
    for (const area of root.querySelectorAll("[data-keep]")) keepText(area);
    for (const toast of root.querySelectorAll("[data-toast]")) runToast(toast);
    for (const input of root.querySelectorAll('input[type="date"]')) markChips(input);
    for (const current of root.querySelectorAll(".path .now")) {
      const path = current.closest(".path");
      path.scrollLeft = current.offsetLeft - path.clientWidth / 2 + current.clientWidth / 2;
    }
    const refusal = root.querySelector("[data-focus]");
    if (refusal) {
      const wrong = document.querySelector(
        ".field.bad input:not([type=hidden]), .field.bad select, .field.bad textarea",
      );
      (wrong || refusal).focus();
    }
  }

  prepare(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) prepare(event.target);
  });
})();
