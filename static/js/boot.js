// Runs before the first paint: says that scripts run, and folds the navigation as it was left.
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  try {
    if (localStorage.getItem("yinfeng.nav") === "folded") root.classList.add("fold-nav");
  } catch {
    // Storage may be forbidden; the navigation then simply opens wide.
  }
})();
