// The pipeline boards: cards are dragged (pointer, or a long press of a finger), moved by M and a digit, or from their menu.
// What may be moved where and what a move still needs is the server's business; here a card only says where it was dropped.
(function () {
  "use strict";

  const START_PX = 6;
  const LONG_PRESS_MS = 350;
  const EDGE_PX = 48;
  const STEP_PX = 14;

  // Asked anew each time: after something was logged in the dialog the whole page below is another one.
  const theBoard = () => document.querySelector("[data-pipeline]");
  const theMenu = () => document.getElementById("kmenu");
  const theGate = () => document.getElementById("gate");
  const drafts = new Map();
  let chosen = null; // the card whose menu or panel is open
  let busy = false;

  const cardOf = (element) => element && element.closest && element.closest(".card");
  const keyOf = (card) => card.id.slice(1);
  const laneOf = (card) => card.closest("[data-lane]");
  const focusOn = (card) => card && card.querySelector("[data-row]").focus();
  const again = (card) => card && document.getElementById(card.id);
  const reaches = (from, to) => from.dataset.to.split(" ").includes(to);

  // ── moving ──

  function shownCards() {
    return [...theBoard().querySelectorAll("section[data-lane]")]
      .map((lane) => `${lane.dataset.lane}:${lane.querySelectorAll(".card").length}`)
      .join(",");
  }

  async function send(card, to, asks) {
    const link = card.querySelector(".mv");
    if (!link || busy) return;
    const from = laneOf(card).dataset.lane;
    if (from === to) return;
    busy = true;
    chosen = card;
    keepDraft();
    card.classList.add("moving");
    const said = theBoard().dataset.query;
    const query = said ? `?${said}` : "";
    try {
      if (asks) {
        const join = query ? `${query}&` : "?";
        await htmx.ajax("GET", `${link.getAttribute("href")}${join}to=${to}`, { target: "#gate", swap: "innerHTML" });
      } else {
        await htmx.ajax("POST", `${link.getAttribute("href")}${query}`, {
          target: "#gate",
          swap: "innerHTML",
          values: { to, from, shown: shownCards() },
        });
      }
    } finally {
      busy = false;
      card.classList.remove("moving");
    }
  }

  // The panel is a form of its own; how many cards there were goes with it.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.closest("#gate")) event.detail.parameters.shown = shownCards();
  });

  // After an answer the focus is where the work goes on: in the panel, else on the card wherever it is now.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "gate") return;
    const panel = theGate().firstElementChild;
    if (panel) {
      fillDraft(panel);
      const first =
        panel.querySelector(".field.bad :is(input, select, textarea)") ||
        panel.querySelector(".field :is(input:not([type=hidden]), select, textarea)") ||
        panel.querySelector("[data-closes-gate]");
      first.focus();
      return;
    }
    const card = again(chosen);
    if (!card) return;
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    focusOn(card);
  });

  // ── the panel: what was typed stays when it is closed ──

  function keepDraft() {
    const panel = theGate().querySelector("form");
    if (!panel) return;
    const typed = {};
    for (const control of panel.elements) {
      if (!control.name || ["hidden", "file", "submit"].includes(control.type)) continue;
      if (control.type === "radio" ? control.checked : control.value !== "") typed[control.name] = control.value;
    }
    drafts.set(panel.dataset.panel, typed);
  }

  function fillDraft(panel) {
    const typed = panel.elements && drafts.get(panel.dataset.panel);
    if (!typed || panel.querySelector(".field.bad")) return;
    for (const [name, value] of Object.entries(typed)) {
      const control = panel.elements[name];
      if (!control) continue;
      if (control instanceof RadioNodeList || control.value === "") control.value = value;
    }
  }

  function closeGate() {
    const gate = theGate();
    if (!gate || !gate.firstElementChild) return false;
    keepDraft();
    gate.replaceChildren();
    focusOn(again(chosen));
    return true;
  }

  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-closes-gate]");
    if (!closer) return;
    event.preventDefault();
    closeGate();
  });

  // ── the menu of a card ──

  function openMenu(card) {
    const link = card.querySelector(".mv");
    if (!link) return;
    chosen = card;
    const from = laneOf(card);
    const menu = theMenu();
    for (const item of menu.querySelectorAll("[data-to]")) {
      item.disabled = item.dataset.to === from.dataset.lane;
      item.classList.toggle("off", !reaches(from, item.dataset.to));
    }
    menu.querySelector("#kmenu-ask").checked = false;
    menu.hidden = false;
    const place = card.getBoundingClientRect();
    const left = Math.min(place.left + 24, window.innerWidth - menu.offsetWidth - 8);
    const top = Math.min(place.top + 32, window.innerHeight - menu.offsetHeight - 8);
    menu.style.left = `${Math.max(left, 8)}px`;
    menu.style.top = `${Math.max(top, 8)}px`;
    // Most cards go on, not back: the first step after the column of the card.
    const open = [...menu.querySelectorAll("[data-to]:not(:disabled):not(.off)")];
    const own = Number(menu.querySelector("[data-to]:disabled")?.dataset.key || 0);
    (open.find((item) => Number(item.dataset.key) > own) || open[0] || menu.querySelector("[data-to]:not(:disabled)")).focus();
  }

  function closeMenu({ back }) {
    const menu = theMenu();
    if (!menu || menu.hidden) return false;
    menu.hidden = true;
    if (back) focusOn(again(chosen));
    return true;
  }

  function choose(item) {
    const card = again(chosen);
    const asks = document.getElementById("kmenu-ask").checked;
    closeMenu({ back: true });
    if (card) send(card, item.dataset.to, asks);
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-pipeline] .mv");
    if (opener) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      openMenu(cardOf(opener));
      return;
    }
    const item = event.target.closest("#kmenu [data-to]");
    if (item) choose(item);
    else if (!event.target.closest("#kmenu")) closeMenu({ back: false });
  });

  // ── the keyboard ──

  function typing(element) {
    return element && (element.isContentEditable || element.matches("input:not([type=checkbox]), select, textarea"));
  }

  function beside(card, step) {
    const lanes = [...theBoard().querySelectorAll("section[data-lane]")];
    const cards = [...laneOf(card).querySelectorAll(".card")];
    const row = cards.indexOf(card);
    for (let at = lanes.indexOf(laneOf(card)) + step; lanes[at]; at += step) {
      const others = lanes[at].querySelectorAll(".card");
      if (others.length) return others[Math.min(row, others.length - 1)];
    }
    return null;
  }

  function above(card, step) {
    const cards = [...laneOf(card).querySelectorAll(".card")];
    return cards[cards.indexOf(card) + step] || null;
  }

  // As if the card had a link that logs a conversation: pane.js opens its dialog.
  function log(card) {
    const pattern = theBoard().dataset.log;
    if (!pattern) return;
    const link = document.createElement("a");
    link.href = pattern.replace("/0/", `/${keyOf(card)}/`);
    link.dataset.log = "";
    link.dataset.paneTitle = card.querySelector("[data-row]").textContent;
    card.append(link);
    link.click();
    link.remove();
  }

  const ON_A_CARD = {
    m: openMenu,
    l: log,
    arrowleft: (card) => focusOn(beside(card, -1)),
    arrowright: (card) => focusOn(beside(card, 1)),
    arrowup: (card) => focusOn(above(card, -1)),
    arrowdown: (card) => focusOn(above(card, 1)),
  };

  function inMenu(event) {
    const menu = theMenu();
    const item = menu.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (item) {
      event.preventDefault();
      if (!item.disabled) choose(item);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const items = [...menu.querySelectorAll("[data-to]:not(:disabled)")];
      const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      items[(at + items.length) % items.length].focus();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (drag) endDrag(null);
      else if (!closeMenu({ back: true })) closeGate();
      return;
    }
    if (theMenu() && !theMenu().hidden) {
      inMenu(event);
      return;
    }
    if (typing(document.activeElement) || document.querySelector("dialog[open]")) return;
    const card = cardOf(document.activeElement);
    const act = card && ON_A_CARD[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act(card);
  });

  // ── dragging: one path for mouse, pen and finger ──

  let drag = null; // {card, id, x, y, ghost, target, timer, scroll}
  let dropped = false;

  function startDrag() {
    const place = drag.card.getBoundingClientRect();
    drag.ghost = drag.card.cloneNode(true);
    drag.ghost.removeAttribute("id");
    drag.ghost.classList.add("drag");
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.ghost.style.width = `${place.width}px`;
    drag.offsetX = drag.x - place.left;
    drag.offsetY = drag.y - place.top;
    document.body.append(drag.ghost);
    drag.card.classList.add("lifted");
    const board = theBoard();
    board.classList.add("dragging");
    const from = laneOf(drag.card);
    for (const lane of board.querySelectorAll("[data-lane]")) {
      lane.classList.toggle("off", lane !== from && !reaches(from, lane.dataset.lane));
      lane.classList.toggle("own", lane === from);
    }
    drag.scroll = requestAnimationFrame(scrollAtEdges);
    follow(drag.x, drag.y);
  }

  function follow(x, y) {
    drag.x = x;
    drag.y = y;
    drag.ghost.style.transform = `translate(${x - drag.offsetX}px, ${y - drag.offsetY}px) rotate(-1.5deg)`;
    const under = document.elementFromPoint(x, y);
    const lane = under && under.closest("[data-pipeline] [data-lane]");
    if (lane === drag.target) return;
    if (drag.target) drag.target.classList.remove("over");
    drag.target = lane && lane !== laneOf(drag.card) ? lane : null;
    if (drag.target) drag.target.classList.add("over");
  }

  function scrollAtEdges() {
    const board = theBoard();
    if (!drag || !drag.ghost || !board) return;
    const place = board.getBoundingClientRect();
    if (drag.x > place.right - EDGE_PX) board.scrollLeft += STEP_PX;
    else if (drag.x < place.left + EDGE_PX) board.scrollLeft -= STEP_PX;
    drag.scroll = requestAnimationFrame(scrollAtEdges);
  }

  function endDrag(target) {
    const { card, ghost, timer, scroll } = drag;
    clearTimeout(timer);
    cancelAnimationFrame(scroll);
    if (drag.target) drag.target.classList.remove("over");
    drag = null;
    if (!ghost) return;
    ghost.remove();
    card.classList.remove("lifted");
    const board = theBoard();
    board.classList.remove("dragging");
    for (const lane of board.querySelectorAll("[data-lane]")) lane.classList.remove("off", "own");
    dropped = true;
    setTimeout(() => {
      dropped = false;
    });
    focusOn(card);
    if (target) send(card, target.dataset.lane, false);
  }

  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[data-pipeline] .card");
    if (drag || !card || event.button || event.target.closest(".mv") || !card.querySelector(".mv")) return;
    drag = { card, id: event.pointerId, x: event.clientX, y: event.clientY, target: null };
    if (event.pointerType === "touch") drag.timer = setTimeout(startDrag, LONG_PRESS_MS);
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (drag.ghost) {
      follow(event.clientX, event.clientY);
      return;
    }
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < START_PX) return;
    if (event.pointerType === "touch") {
      // The finger scrolls: that is no long press.
      clearTimeout(drag.timer);
      drag = null;
    } else startDrag();
  });

  document.addEventListener("pointerup", (event) => {
    if (drag && event.pointerId === drag.id) endDrag(drag.target);
  });
  document.addEventListener("pointercancel", (event) => {
    if (drag && event.pointerId === drag.id) endDrag(null);
  });
  // Once a card is lifted the finger must not scroll the page any more.
  document.addEventListener("touchmove", (event) => drag && drag.ghost && event.preventDefault(), { passive: false });
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest && event.target.closest("[data-pipeline] .card")) event.preventDefault();
  });
  document.addEventListener("contextmenu", (event) => {
    if (drag && drag.ghost) event.preventDefault();
  });
  // The click that ends a drag is not meant for the link under it.
  document.addEventListener(
    "click",
    (event) => {
      if (!dropped) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  // ── phones: the tab of the column in sight ──

  function inSight(entries) {
    for (const entry of entries) {
      if (entry.intersectionRatio < 0.6) continue;
      for (const tab of document.querySelectorAll("#board-tabs a")) {
        if (tab.hash === `#${entry.target.id}`) tab.setAttribute("aria-current", "true");
        else tab.removeAttribute("aria-current");
      }
    }
  }

  let seen = null;
  function watch() {
    if (seen) seen.disconnect();
    const board = theBoard();
    if (!board) return;
    seen = new IntersectionObserver(inSight, { root: board, threshold: 0.6 });
    for (const lane of board.querySelectorAll("section[data-lane]")) seen.observe(lane);
  }
  watch();
  document.addEventListener("htmx:oobAfterSwap", watch);
  document.addEventListener("htmx:afterSettle", watch);
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("#board-tabs a");
    if (!tab) return;
    event.preventDefault();
    const lane = document.getElementById(tab.hash.slice(1));
    const board = theBoard();
    board.scrollTo({ left: lane.offsetLeft - board.offsetLeft, behavior: "instant" });
  });
})();
