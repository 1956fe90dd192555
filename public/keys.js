// Conveniences that pages do without: Ctrl K or / goes to the search, menus close by themselves, and filters that are
// empty stay out of addresses.
(() => {
  const search = () => document.querySelector("[data-search]");

  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const asked = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing);
    if (asked && search()) {
      event.preventDefault();
      search().focus();
      search().select();
    }
    if (event.key === "Escape") closeMenus(null);
  });

  addEventListener("click", (event) => closeMenus(event.target));

  function closeMenus(target) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!target || !menu.contains(target)) {
        const within = menu.contains(document.activeElement);
        menu.open = false;
        if (!target && within) menu.querySelector("summary").focus();
      }
    }
  }

  addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    for (const field of event.target.elements) {
      if (field.name && field.value === "") field.disabled = true;
    }
  });

  // A page that comes back from the history has its fields again.
  addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
  });
})();
