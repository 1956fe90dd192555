// Keeps what is marked data-live as it is on the server, without loading the page again: calmly, only while somebody
// looks, and never under somebody's hands. Pages work without it.
(() => {
  const main = document.querySelector("[data-live-every]");
  if (!main) return;
  const mark = document.querySelector("[data-live-mark]");
  const pause = document.querySelector("[data-live-pause]");
  const every = Number(main.dataset.liveEvery) * 1000;
  let paused = false;
  let since = null;

  function tell(state, words) {
    if (!mark) return;
    if (mark.dataset.state !== state) mark.dataset.state = state;
    if (mark.textContent !== words) mark.textContent = words;
  }

  // Old rows stay where they are.
  function dim(busy) {
    for (const part of document.querySelectorAll("[data-live]")) part.setAttribute("aria-busy", String(busy));
  }

  // Whoever types, chooses or has a menu open is not disturbed.
  function isInUse(part) {
    const focus = document.activeElement;
    if (part.contains(focus) && focus.matches("input, select, textarea, summary")) return true;
    if (part.querySelector("input[type=checkbox]:checked, details.menu[open], details[data-form][open]")) return true;
    const selection = getSelection();
    return selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  }

  function renew(part, fresh) {
    if (part.innerHTML === fresh.innerHTML) return;
    const open = [...part.querySelectorAll("details")].map((details) => details.open);
    const focus = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
    part.replaceChildren(...fresh.childNodes);
    const renewed = [...part.querySelectorAll("details")];
    if (renewed.length === open.length) renewed.forEach((details, n) => (details.open = open[n]));
    if (focus) [...part.querySelectorAll("a, button")].find((e) => e.id === focus || e.getAttribute("href") === focus)?.focus();
  }

  async function look() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (fresh && !isInUse(part)) renew(part, fresh);
    }
  }

  async function turn() {
    if (!paused && !document.hidden) {
      try {
        await look();
        since = null;
        dim(false);
        if (!paused) tell("live", "Live");
      } catch {
        since ??= new Date().toTimeString().slice(0, 5);
        tell("offline", `Offline since ${since}`);
        dim(true);
      }
    }
    setTimeout(turn, every);
  }

  if (pause) {
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      pause.textContent = paused ? "Resume" : "Pause";
      tell(paused ? "still" : "catching", paused ? "Paused" : "Catching up");
    });
  }
  tell("live", "Live");
  setTimeout(turn, every);
})();
