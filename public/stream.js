// One event stream for all pages that this browser shows of one tenant to one person. A page that can be seen holds it (Web
// Locks choose which) and passes on what it hears (BroadcastChannel), because browsers open six connections to a server at most.
// When that page is hidden, closed, frozen or silent, another one that can be seen goes on after the last event; when none can
// be seen, nothing is held. Without locks every page that can be seen holds a stream of its own. The islands say what pages
// follow: stoaStream.follow(address, listener).
(() => {
  // Every kind of event that a feed has. What a page does not care about, another one may.
  const KINDS = [
    "order.placed",
    "order.updated",
    "order.paid",
    "order.fulfilled",
    "order.refunded",
    "order.cancelled",
    "order.edited",
    "import.progress",
    "store.created",
    "store.changed",
    "figures.rebuilt",
    "backup.changed",
    "access.changed",
    "tenant.restored",
    "gap",
  ];
  // The server says something at least every 15 seconds. Whoever hears nothing for twice as long has no connection.
  const SILENCE = 30_000;
  const LOOK = 2_000;
  const BEAT = 5_000;
  const GRACE = 3_000;
  const RETRY = 5_000;
  const MOST_DOUBLINGS = 6;
  const KEPT = 1_000;
  const shares = "locks" in navigator && "BroadcastChannel" in window;

  const listeners = [];
  let path, audience, name;
  // The last event that this page knows of, and what it was told of the connection: "wait", "open" or "lost".
  let last = 0;
  let told = "wait";
  let channel = null;
  // When something was heard of the page that holds the stream.
  let signed = 0;
  let asked = 0;
  let request = null;
  let release = null;
  let hiding = null;

  // What only the page that holds the stream knows: the events after number `from` in `kept`, the number that the connection
  // goes on after, and the greatest one heard.
  let source = null;
  let from, after, greatest, heard;
  let kept = [];
  let failures = 0;
  let retrying = null;
  let rewinding = null;

  const tell = (kind, data) => listeners.forEach((listener) => listener(kind, data));
  const post = (message) => channel?.postMessage(message);
  const isSeen = () => document.visibilityState === "visible";

  function say(state) {
    if (told === state) return;
    told = state;
    tell(state, null);
  }

  // Each event once and none left out: what was heard before is passed over, and where something is missing before an event,
  // everything since is asked for. Numbers only go back where a backup was brought back.
  function take({ id, before, kind, data, back }) {
    if (!back) {
      if (id <= last) return;
      if (before > last) return ask();
    }
    last = id;
    tell(kind, data);
  }

  function ask() {
    if (Date.now() - asked < 200) return;
    asked = Date.now();
    post({ ask: last });
  }

  function report(state) {
    say(state);
    post({ state: told, greatest });
  }

  function open() {
    close();
    heard = Date.now();
    const address = `${path}?${new URLSearchParams(audience ? { for: audience, after } : { after })}`;
    const opened = new EventSource(address);
    source = opened;
    const on = (kind, react) =>
      opened.addEventListener(kind, (event) => {
        if (source !== opened) return;
        heard = Date.now();
        react(event);
      });
    for (const kind of KINDS) on(kind, (event) => pass(kind, event));
    on("heartbeat", () => report("open"));
    on("open", () => {
      failures = 0;
      report("open");
    });
    on("error", () => {
      report("lost");
      // The browser tries again by itself unless it was refused.
      if (opened.readyState === EventSource.CLOSED) retry();
    });
  }

  function close() {
    clearTimeout(retrying);
    clearTimeout(rewinding);
    rewinding = null;
    source?.close();
    source = null;
  }

  // Twice as long each time: whoever was signed out is not let in by asking.
  function retry() {
    clearTimeout(retrying);
    retrying = setTimeout(open, RETRY * 2 ** Math.min(failures++, MOST_DOUBLINGS));
  }

  function pass(kind, { lastEventId, data }) {
    const event = { id: Number(lastEventId), before: after, kind, data: JSON.parse(data), back: false };
    event.back = kind === "gap" && event.id < after;
    after = event.id;
    if (event.back) {
      kept = [];
      from = greatest = event.id;
    } else {
      greatest = Math.max(greatest, event.id);
      kept.push(event);
      if (kept.length > KEPT) from = kept.shift().id;
    }
    post({ event });
    take(event);
    if (told !== "open") report("open");
  }

  // Another page knows of nothing after the event `number`: it hears what is kept, or the stream goes back that far.
  function answer(number) {
    if (number >= from) {
      for (const event of kept) if (event.id > number) post({ event });
    } else {
      from = number;
      // Many pages may wake at once.
      rewinding ??= setTimeout(() => {
        kept = [];
        after = from;
        open();
      }, 50);
    }
    post({ state: told, greatest });
  }

  function hear({ data: { ask: number, event, state, greatest: theirs } }) {
    if (number !== undefined) return release && answer(number);
    if (release) return;
    signed = Date.now();
    if (event) return take(event);
    say(state);
    if (theirs > last) ask();
  }

  function hold() {
    return new Promise((done) => {
      release = done;
      request = null;
      kept = [];
      from = after = greatest = last;
      failures = 0;
      open();
    });
  }

  function seek(options) {
    if (!shares) return source || hold();
    if (release || (request && !options)) return;
    request?.abort();
    const mine = (request = new AbortController());
    // A lock that is stolen cannot be waited for.
    const how = options ?? { signal: mine.signal };
    navigator.locks.request(name, how, hold).catch(() => {
      // Another page took the stream over, or this one does not want it any more.
      if (mine.signal.aborted) return;
      letGo();
      if (isSeen()) seek();
    });
  }

  function letGo() {
    request?.abort();
    request = null;
    close();
    release?.();
    release = null;
  }

  function appear() {
    clearTimeout(hiding);
    hiding = null;
    if (release) return;
    if (Date.now() - signed > SILENCE / 2) say("wait");
    signed = Date.now();
    ask();
    seek();
  }

  function join() {
    if (!name) return;
    if (shares && !channel) {
      channel = new BroadcastChannel(name);
      channel.onmessage = hear;
    }
    if (isSeen()) appear();
  }

  function leave() {
    letGo();
    channel?.close();
    channel = null;
  }

  // Who holds the stream and hears nothing has lost it; who waits and hears nothing of the holder takes its place. After the
  // sleep of a machine both notice at once.
  function look() {
    const tries = release && source && source.readyState !== EventSource.CLOSED;
    if (tries && Date.now() - heard > SILENCE) {
      report("lost");
      open();
    }
    if (shares && !release && name && isSeen() && Date.now() - signed > SILENCE) {
      say("lost");
      // Not all at once.
      signed = Date.now() - SILENCE / 2 - Math.random() * 5_000;
      seek({ steal: true });
    }
  }

  setInterval(look, LOOK);
  setInterval(() => release && post({ state: told, greatest }), BEAT);
  document.addEventListener("visibilitychange", () => {
    if (!name) return;
    if (isSeen()) appear();
    else hiding ??= setTimeout(letGo, GRACE);
  });
  document.addEventListener("freeze", letGo);
  document.addEventListener("resume", join);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && join());

  window.stoaStream = {
    // Calls `listener` with "wait", "open" and "lost" as the connection changes, and with kind and data of every event after
    // the one that the address names.
    follow(address, listener) {
      listeners.push(listener);
      if (name) return listener(told, null);
      const url = new URL(address, location.href);
      path = url.pathname;
      audience = url.searchParams.get("for");
      last = Number(url.searchParams.get("after")) || 0;
      name = `stoa ${path} ${audience}`;
      join();
    },
    close() {
      listeners.length = 0;
      leave();
      name = undefined;
    },
  };
})();
