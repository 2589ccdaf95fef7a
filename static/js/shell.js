// Keys, toasts and focus. Every page works without this file.
(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  // A scanner that types is faster than any hand: its keys open what it read, wherever the page stands. A key of the
  // page waits for that moment, so that the letters of a label press none.
  const FAST_MS = 45;
  const finder = document.querySelector("[data-find-url]")?.dataset.findUrl;
  let typed = "";
  let lastAt = 0;
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const fast = event.timeStamp - lastAt < FAST_MS;
    lastAt = event.timeStamp;
    if (event.key === "Enter" && fast && typed.length > 3 && finder) {
      event.preventDefault();
      window.location.assign(`${finder}?code=${encodeURIComponent(typed)}`);
      return;
    }
    if (event.key.length === 1) typed = fast ? typed + event.key : event.key;
    clearTimeout(waiting);
    const target = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (!fast) waiting = setTimeout(() => (target.matches("input") ? target.select() : target.click()), FAST_MS);
  });

  // A toast that only says "done" leaves by itself; one with something to do or wrong stays until closed.
  const settle = (toast) => {
    if (toast.dataset.settled) return;
    toast.dataset.settled = "yes";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", document.documentElement.lang.startsWith("en") ? "Close" : "×");
    close.textContent = "×";
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    const stays = toast.matches(".toast-error, .toast-warning") || toast.querySelector("a, form");
    if (!stays) setTimeout(() => toast.remove(), 6000);
  };
  const settleAll = () => document.querySelectorAll("[data-toast]").forEach(settle);
  settleAll();
  document.addEventListener("htmx:afterSettle", settleAll);

  // An open "More" menu closes like any menu does.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.more[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.more[open]").forEach((menu) => { menu.open = false; menu.firstElementChild.focus(); });
  });

  // After a form came back with errors, put the cursor where the first one is.
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();

  // A second click on a submit button does nothing while the first is on its way.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.hasAttribute("hx-get")) return;
    const button = event.submitter;
    if (button) setTimeout(() => button.setAttribute("aria-disabled", "true"), 0);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("button[aria-disabled=true]")) event.preventDefault();
  });
  // The back button brings a page back as it was left; after a sign-out in any tab it is asked for anew.
  const openedAt = Date.now();
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-signs-out]")) localStorage.setItem("signed-out-at", Date.now());
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && Number(localStorage.getItem("signed-out-at")) > openedAt) window.location.reload();
    if (event.persisted) document.querySelectorAll("button[aria-disabled=true]").forEach((b) => b.removeAttribute("aria-disabled"));
  });
})();
