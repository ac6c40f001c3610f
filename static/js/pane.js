// The dialog that logs something without leaving the page: a link with data-pane opens it, a deed closes it.
(function () {
  "use strict";

  const pane = document.getElementById("pane");
  const body = document.getElementById("pane-body");
  let shown = "";
  let typed = false;

  function title(text) {
    document.getElementById("pane-title").textContent = text;
  }

  function open() {
    if (!pane.open) pane.showModal();
    const first = body.querySelector("[autofocus], textarea, input:not([type=hidden]):not([type=radio])");
    if (first) first.focus();
  }

  // In a row the deed alone would not say whom it is about.
  function nameOf(link) {
    const row = link.closest("tr, li, .card");
    const name = row && row.querySelector("[data-row]");
    return [link.textContent, name && name.textContent].filter(Boolean).map((text) => text.trim()).join(" · ");
  }

  // What was typed before the dialog was closed is still there when the same one is opened again.
  function load(link) {
    const address = link.dataset.pane || link.getAttribute("href");
    title(link.dataset.paneTitle || nameOf(link));
    if (shown === address && typed) return open();
    shown = "";
    typed = false;
    return window.htmx.ajax("GET", address, { target: body, swap: "innerHTML" }).then(() => {
      if (!body.querySelector("form")) return;
      shown = address;
      open();
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-pane], a[data-log]");
    if (!link || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(link);
  });

  // Tabs above a form that is loaded in place.
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (!tab) return;
    for (const each of tab.parentElement.querySelectorAll("[data-tab]")) each.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "true");
  });

  body.addEventListener("input", () => {
    typed = true;
  });

  // A form half filled in elsewhere on the page is left alone; then only the toast is fetched.
  let busy = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("#main form[method=post]")) busy = true;
  });

  function refresh() {
    const main = document.getElementById("main");
    const keeps = busy || main.querySelector(".field.bad");
    window.htmx.ajax("GET", location.href, {
      target: keeps ? "#toasts" : "#main",
      select: keeps ? "#toasts" : "#main",
      swap: "outerHTML show:none",
      ...(keeps ? {} : { selectOOB: "#toasts" }),
    });
    busy = Boolean(keeps) && busy;
  }

  // A page that answers such requests with a part of itself is loaded anew instead.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const id = event.detail.target.id;
    if ((id !== "main" && id !== "toasts") || event.detail.serverResponse.includes(`id="${id}"`)) return;
    event.detail.shouldSwap = false;
    if (event.detail.xhr.status === 200 && !busy) location.reload();
  });

  // The server says that the deed is done.
  document.addEventListener("done", (event) => {
    // A form of the page itself, refused before, is through now.
    for (const bad of event.target.querySelectorAll(".field.bad")) bad.classList.remove("bad");
    if (pane.open) pane.close();
    body.replaceChildren();
    shown = "";
    typed = false;
    busy = false;
    refresh();
  });
})();
