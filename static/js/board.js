// On wide screens a figure opens its rows beside the board; on phones, with a modifier key or without htmx its link is followed.
(function () {
  "use strict";

  const wide = window.matchMedia("(min-width: 1025px)");
  let opener = null;

  function mark(link) {
    opener?.closest("td")?.classList.remove("on");
    opener = link;
    link?.closest("td")?.classList.add("on");
  }

  async function open(link) {
    mark(link);
    const address = new URL(link.href);
    await htmx.ajax("GET", address.pathname + address.search, { target: "#board-rows", swap: "outerHTML" });
    document.getElementById("board-rows")?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-drills] a[href*='/board/rows/']");
    if (link && wide.matches && window.htmx && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
      event.preventDefault();
      open(link);
    } else if (event.target.closest("[data-closes-rows]")) {
      const rows = document.getElementById("board-rows");
      rows.hidden = true;
      opener?.focus();
      mark(null);
    }
  });
})();
