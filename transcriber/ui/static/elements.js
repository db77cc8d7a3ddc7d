// Making elements.
/** Calls back when nothing else is to be done, as the browser's own does, which Safari has not. */
export const idle = window.requestIdleCallback?.bind(window) || ((callback) => setTimeout(callback, 16));

export function element(name, text = "", style = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = style;
  return made;
}

/** Notes in the browser's timeline, under `name`, when what was just put in has been painted for the first time. */
export function notePaint(name) {
  if (!performance.getEntriesByName(name).length) requestAnimationFrame(() => setTimeout(() => performance.mark(name)));
}

/** A text whose own letters say in which direction it runs, whatever stands around it. */
export function isolated(text) {
  return element("bdi", text);
}

export function button(text, onClick, style = "") {
  const made = element("button", text, style);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/** A section of a page, under its heading. */
export function section(title, ...content) {
  const made = element("section");
  made.append(element("h2", title), ...content);
  return made;
}

/** Makes `items` the children of a list. Those that are where they belong stay: one that is being clicked, or has the focus,
 * must not be taken away meanwhile. */
export function arrange(list, items) {
  items.forEach((item, place) => { if (list.children[place] !== item) list.insertBefore(item, list.children[place] || null); });
  while (list.children.length > items.length) list.lastChild.remove();
}

/** Makes [value, text] pairs the choices of a select. `wanted` is chosen, or else the first; an open list is left alone
 * unless there is something else in it now. */
export function offer(select, choices, wanted = select.value) {
  const shown = JSON.stringify(choices);
  if (select.dataset.shown !== shown) select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  select.dataset.shown = shown;
  select.value = choices.some(([value]) => value === wanted) ? wanted : choices[0]?.[0];
}
