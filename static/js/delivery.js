// The delivery grid: Enter moves on, the last price fills in, rows grow. Without this file six rows are there.
(() => {
  const form = document.querySelector("[data-delivery]");
  if (!form) return;
  const known = new Map([...form.querySelectorAll("#items option")].map((option) => [option.value.toLowerCase(), option.dataset]));
  const grid = form.querySelector(".delivery-grid");
  const empty = form.querySelector("[data-delivery-empty]");
  const more = form.querySelector("[data-delivery-more]");
  const total = form.elements["row-TOTAL_FORMS"];
  const sum = form.querySelector("[data-delivery-total]");
  const most = 200;
  const part = (row, name) => row.querySelector(`[data-line=${name}]`);
  const number = (text) => Number.parseFloat((text || "").replace(",", ".").replace(/\s/g, "")) || 0;

  const add = () => {
    const count = Number(total.value);
    if (count >= most) return null;
    const holder = document.createElement("div");
    holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", count).replaceAll("__number__", count + 1);
    const row = holder.querySelector("[data-delivery-row]");
    grid.append(row);
    total.value = count + 1;
    return row;
  };

  const fill = (row) => {
    const last = known.get(part(row, "item").value.trim().toLowerCase());
    if (!last) return;
    const count = part(row, "count");
    if (!count.value) count.value = "1";
    if (!part(row, "each").value) part(row, "each").value = last.each;
    const price = part(row, "total");
    if (last.price && (!price.value || price.dataset.filled)) {
      price.value = (number(last.price) * number(count.value)).toFixed(2);
      price.dataset.filled = "yes";
    }
  };

  const add_up = () => {
    const rows = [...grid.querySelectorAll("[data-line=total]")].reduce((all, field) => all + number(field.value), 0);
    const all = rows + number(form.elements.postage.value);
    sum.textContent = all ? `${sum.dataset.text}: ${all.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}` : "";
  };

  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-delivery-row]");
    if (row && event.target.matches("[data-line=item], [data-line=count]")) fill(row);
    if (row && event.target.matches("[data-line=total]")) delete event.target.dataset.filled;
    add_up();
  });
  form.addEventListener("input", add_up);

  // What was filled in is replaced by what is typed, not added to: "1" must not become "12".
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-delivery-row] input")) event.target.select();
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-delivery-row] input")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    const fields = [...grid.querySelectorAll("input")];
    const at = fields.indexOf(event.target);
    if (at === fields.length - 1) add();
    [...grid.querySelectorAll("input")][at + 1]?.focus();
  });

  more.hidden = false;
  more.addEventListener("click", () => add()?.querySelector("input").focus());
  add_up();
})();
