// Tonight: drag a run to its place in a queue, or into the queue of another printer. Without this file the arrows do it.
(() => {
  let moving = null;
  const board = () => document.querySelector("[data-board]");
  const runs = (queue) => [...queue.querySelectorAll("[data-run]")];
  const clear = () => document.querySelectorAll(".segment-target").forEach((each) => each.classList.remove("segment-target"));

  const arm = () => board()?.querySelectorAll("[data-run]").forEach((each) => { each.draggable = true; });

  // The run before which the pointer is; null behind the last one.
  const next = (queue, y) => runs(queue).find((each) => {
    const box = each.getBoundingClientRect();
    return each !== moving && y < box.top + box.height / 2;
  });

  document.addEventListener("dragstart", (event) => {
    moving = event.target.closest?.("[data-board] [data-run]");
    if (!moving) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", moving.dataset.run);
    moving.classList.add("segment-moving");
  });

  document.addEventListener("dragend", () => {
    moving?.classList.remove("segment-moving");
    moving = null;
    clear();
  });

  // A whole lane is a target, so that an empty queue can be hit as well.
  const queue_at = (event) => event.target.closest?.("[data-board] section")?.querySelector("[data-queue]");

  document.addEventListener("dragover", (event) => {
    const queue = moving && queue_at(event);
    if (!queue) return;
    event.preventDefault();
    clear();
    (next(queue, event.clientY) || queue).classList.add("segment-target");
  });

  document.addEventListener("drop", (event) => {
    const queue = moving && queue_at(event);
    if (!queue) return;
    event.preventDefault();
    const others = runs(queue).filter((each) => each !== moving);
    const before = next(queue, event.clientY);
    const behind = others[(before ? others.indexOf(before) : others.length) - 1];
    const move = `${moving.dataset.run}:behind:${behind?.dataset.run || 0}:${queue.dataset.queue}`;
    window.htmx.ajax("POST", board().action, { source: board(), target: "#tonight-board", swap: "outerHTML", values: { move } });
  });

  document.addEventListener("htmx:afterSettle", arm);
  arm();
})();
