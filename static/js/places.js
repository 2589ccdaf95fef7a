// The tree of places: drag a place onto the one it belongs in. Without this file boxes are ticked and moved by the button.
(() => {
  const form = document.querySelector("[data-places]");
  const parent = form?.elements.parent;
  if (!parent) return;
  let moving = null;
  const row_at = (event) => event.target.closest?.("[data-places] [data-place]");
  const clear = () => form.querySelectorAll(".place-target").forEach((each) => each.classList.remove("place-target"));

  form.querySelectorAll("[data-place]").forEach((each) => { each.draggable = true; });

  form.addEventListener("dragstart", (event) => {
    moving = row_at(event);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", moving.dataset.place);
  });

  form.addEventListener("dragend", () => { moving = null; clear(); });

  form.addEventListener("dragover", (event) => {
    const row = row_at(event);
    if (!moving || !row || row === moving) return;
    event.preventDefault();
    clear();
    row.classList.add("place-target");
  });

  form.addEventListener("drop", (event) => {
    const row = row_at(event);
    if (!moving || !row || row === moving) return;
    event.preventDefault();
    form.querySelectorAll("[name=place]").forEach((box) => { box.checked = box.value === moving.dataset.place; });
    parent.value = row.dataset.place;
    form.requestSubmit();
  });
})();
