// The stall on a phone: taps fill the basket, sales queue on the phone and are handed in when there is a network.
// Without this file the form does the same, one sale at a time. A sale keeps its key, so it is booked once.
(() => {
  const form = document.querySelector("[data-fair]");
  if (!form) return;
  const { sell, state, stall, digits } = form.dataset;
  const store = `fair-queue-${stall}`;
  const scale = 10 ** Number(digits);
  const deals = JSON.parse(document.getElementById("fair-deals").textContent);
  const tiles = [...form.querySelectorAll("[data-variant]")];
  const output = (name) => document.querySelector(`[data-fair-${name}]`);
  const cents = (text) => Math.round(Number.parseFloat(text) * scale);
  const money = (amount) => (amount / scale).toFixed(Number(digits));

  // Where a phone lets pages keep nothing, the open page itself remembers.
  const memory = new Map();

  // Kept by key, so that two tabs on one phone never overwrite each other's sales.
  const read = () => {
    const found = [...memory.values()];
    for (let index = 0; index < localStorage.length; index += 1) {
      const name = localStorage.key(index);
      if (name.startsWith(`${store}-`)) found.push(JSON.parse(localStorage.getItem(name)));
    }
    return found.sort((one, other) => one.sold_at.localeCompare(other.sold_at));
  };
  const keep = (sale) => {
    try {
      localStorage.setItem(`${store}-${sale.key}`, JSON.stringify(sale));
    } catch {
      memory.set(sale.key, sale);
    }
  };
  const forget = (sale) => {
    memory.delete(sale.key);
    localStorage.removeItem(`${store}-${sale.key}`);
  };

  const newKey = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  const pieces = (tile) => Math.max(0, Number.parseInt(tile.querySelector("input").value, 10) || 0);
  const basket = () =>
    tiles
      .filter((tile) => pieces(tile))
      .map((tile) => ({ tile, variant: Number(tile.dataset.variant), quantity: pieces(tile), price: tile.dataset.price }));

  const cheapest = (count, each, bundles) => {
    const least = [0];
    for (let number = 1; number <= count; number += 1) {
      const ways = [least[number - 1] + each];
      for (const bundle of bundles) {
        if (bundle.pieces <= number) ways.push(least[number - bundle.pieces] + cents(bundle.price));
      }
      least.push(Math.min(...ways));
    }
    return least[count];
  };

  const total = (lines) => {
    const together = new Map();
    let sum = 0;
    for (const { tile, quantity, price } of lines) {
      const own = (tile.dataset.bundles || "").split(" ").filter(Boolean).map((text) => {
        const [count, together_] = text.split(":");
        return { pieces: Number(count), price: together_ };
      });
      if (own.length) sum += cheapest(quantity, cents(price), own);
      else together.set(cents(price), (together.get(cents(price)) || 0) + quantity);
    }
    for (const [each, count] of together) {
      sum += cheapest(count, each, deals.filter((deal) => cents(deal.each) === each));
    }
    return sum;
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn";
    made.textContent = text;
    made.addEventListener("click", () => {
      act();
      show();
      showStock();
      handIn();
    });
    return made;
  };

  // What was agreed on the spot, never more than the goods cost.
  const agreed = (lines) => {
    const asked = total(lines);
    const typed = cents(form.elements.paid.value.replace(",", "."));
    return Number.isFinite(typed) && typed >= 0 ? Math.min(typed, asked) : asked;
  };

  const show = () => {
    const lines = basket();
    const waiting = read();
    const count = lines.reduce((sum, line) => sum + line.quantity, 0);
    output("total").textContent = money(agreed(lines));
    output("count").textContent = count;
    for (const tile of tiles) tile.classList.toggle("is-taken", pieces(tile) > 0);
    for (const pay of form.querySelectorAll("button[name=method]")) pay.disabled = count === 0;
    const refused = waiting.filter((sale) => sale.error);
    output("waiting").textContent = waiting.length - refused.length;
    output("refused").replaceChildren(
      ...refused.map((sale) => {
        const item = document.createElement("li");
        item.append(`${sale.total} · ${sale.error} `);
        item.append(button(form.dataset.again, () => keep({ ...sale, error: "" })));
        item.append(button(form.dataset.drop, () => forget(sale)));
        return item;
      })
    );
  };

  // What this phone sold and has not handed in yet is not on the stall any more.
  let books = Object.fromEntries(tiles.map((tile) => [tile.dataset.variant, Number(tile.dataset.left)]));
  const showStock = () => {
    const left = { ...books };
    for (const sale of read()) {
      if (!sale.error) for (const line of sale.lines) left[line.variant] = (left[line.variant] || 0) - line.quantity;
    }
    for (const tile of tiles) {
      const there = left[tile.dataset.variant] || 0;
      tile.querySelector("[data-left-shown]").textContent = Math.max(there, 0);
      tile.classList.toggle("is-out", there <= 0);
    }
  };

  const say = (text) => {
    output("status").textContent = text ? form.dataset[text] : "";
  };

  const next = () => read().find((sale) => !sale.error);
  let busy = false;
  const handIn = async () => {
    if (busy) return;
    busy = true;
    try {
      // Looked up anew each time: more may be sold while one is on its way.
      for (let sale = next(); sale; sale = next()) {
        const answer = await fetch(sell, {
          method: "POST",
          redirect: "manual",
          headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
          body: JSON.stringify(sale),
        });
        if (answer.status === 422) keep({ ...sale, error: (await answer.json()).error });
        else if (answer.ok) {
          books = (await answer.json()).stock;
          forget(sale);
        } else {
          // Signed out, or the server is being restarted: it stays here until somebody looks.
          say(answer.status >= 500 ? "offline" : "signedout");
          return;
        }
        show();
        showStock();
      }
      say("");
    } catch {
      say("offline");
    } finally {
      busy = false;
      show();
      showStock();
    }
  };

  const look = async () => {
    if (next()) {
      await handIn();
      return;
    }
    try {
      const answer = await fetch(state, { redirect: "manual" });
      if (answer.ok) {
        books = (await answer.json()).stock;
        showStock();
        say("");
      } else if (answer.status < 500) say("signedout");
    } catch {
      say("offline");
    }
  };

  form.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-variant]");
    if (!tile || event.target.closest("input")) return;
    event.preventDefault();
    const input = tile.querySelector("input");
    input.value = event.target.closest("[data-less]") ? Math.max(0, pieces(tile) - 1) || "" : pieces(tile) + 1;
    show();
  });
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const lines = basket();
    if (!lines.length || !event.submitter) return;
    keep({
      key: newKey(),
      method: event.submitter.value,
      total: money(agreed(lines)),
      sold_at: new Date().toISOString(),
      device: navigator.platform.slice(0, 40),
      lines: lines.map(({ variant, quantity, price }) => ({ variant, quantity, price })),
    });
    for (const { tile } of lines) tile.querySelector("input").value = "";
    form.elements.paid.value = "";
    show();
    showStock();
    handIn();
  });
  window.addEventListener("online", handIn);
  window.setInterval(look, 15000);
  form.classList.add("is-live");
  show();
  showStock();
  handIn();
})();
