// Tonight: drag a run to its place in a queue, or into the queue of another printer, with the mouse or, by its grip, with
// a finger. Without this file the arrows do it.
(() => {
  let moving = null;
  const board = () => document.querySelector("[data-board]");
  const runs = (queue) => [...queue.querySelectorAll("[data-run]")];
  const clear = () => document.querySelectorAll(".segment-target").forEach((each) => each.classList.remove("segment-target"));

  const arm = () => board()?.querySelectorAll("[data-run]").forEach((each) => {
    if (each.draggable) return;
    each.draggable = true;
    const grip = document.createElement("span");
    grip.className = "segment-grip";
    grip.textContent = "⠿";
    grip.setAttribute("aria-hidden", "true");
    each.prepend(grip);
  });

  // The run before which the pointer is; null behind the last one.
  const next = (queue, y) => runs(queue).find((each) => {
    const box = each.getBoundingClientRect();
    return each !== moving && y < box.top + box.height / 2;
  });

  // A whole lane is a target, so that an empty queue can be hit as well.
  const queue_at = (element) => element?.closest?.("[data-board] section")?.querySelector("[data-queue]");

  const take = (run) => {
    moving = run;
    moving.classList.add("segment-moving");
  };

  const show = (queue, y) => {
    clear();
    if (queue) (next(queue, y) || queue).classList.add("segment-target");
  };

  const release = () => {
    moving?.classList.remove("segment-moving");
    moving = null;
    clear();
  };

  const put = (queue, y) => {
    const others = runs(queue).filter((each) => each !== moving);
    const before = next(queue, y);
    const behind = others[(before ? others.indexOf(before) : others.length) - 1];
    const move = `${moving.dataset.run}:behind:${behind?.dataset.run || 0}:${queue.dataset.queue}`;
    window.htmx.ajax("POST", board().action, { source: board(), target: "#tonight-board", swap: "outerHTML", values: { move } });
  };

  // The mouse.
  document.addEventListener("dragstart", (event) => {
    const run = event.target.closest?.("[data-board] [data-run]");
    if (!run) return;
    take(run);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", run.dataset.run);
  });

  document.addEventListener("dragend", release);

  document.addEventListener("dragover", (event) => {
    const queue = moving && queue_at(event.target);
    if (!queue) return;
    event.preventDefault();
    show(queue, event.clientY);
  });

  document.addEventListener("drop", (event) => {
    const queue = moving && queue_at(event.target);
    if (!queue) return;
    event.preventDefault();
    put(queue, event.clientY);
  });

  // A finger or a pen, on the grip: the page does not scroll under it, but near an edge it moves along.
  const under = (event) => queue_at(document.elementFromPoint(event.clientX, event.clientY));
  const EDGE = 90;

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".segment-grip");
    if (!grip || event.pointerType === "mouse") return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    take(grip.closest("[data-run]"));
    moving.draggable = false;
  });

  document.addEventListener("pointermove", (event) => {
    if (!moving || event.pointerType === "mouse") return;
    show(under(event), event.clientY);
    if (event.clientY < EDGE) window.scrollBy(0, -16);
    if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, 16);
  });

  const lift = (event) => {
    if (!moving || event.pointerType === "mouse") return;
    const queue = event.type === "pointerup" && under(event);
    if (queue) put(queue, event.clientY);
    moving.draggable = true;
    release();
  };
  document.addEventListener("pointerup", lift);
  document.addEventListener("pointercancel", lift);

  document.addEventListener("htmx:afterSettle", arm);
  arm();
})();
