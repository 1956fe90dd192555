// Conveniences that pages do without: Ctrl K or / goes to the search, menus close by themselves, filters that are empty
// stay out of addresses, and bars of charts say their figures at once.
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

  // The words of a bar are its title, which browsers show late and small.
  const tip = Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true });
  addEventListener("pointerover", (event) => {
    const bar = event.target.closest?.(".chart-bars g");
    tip.hidden = !bar;
    if (!bar) return;
    const title = bar.querySelector("title");
    if (title) {
      bar.dataset.tip = title.textContent;
      title.remove();
    }
    tip.textContent = bar.dataset.tip;
    document.body.append(tip);
    const box = bar.getBoundingClientRect();
    const middle = box.left + box.width / 2 - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(8, Math.min(middle, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(8, box.top - tip.offsetHeight - 4)}px`;
  });
  addEventListener("scroll", () => (tip.hidden = true), { passive: true, capture: true });

  // A page that comes back from the history has its fields again.
  addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
  });
})();
