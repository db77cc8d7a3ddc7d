// Making elements.
export function element(name, text = "", style = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = style;
  return made;
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

/** Asks before something that cannot be undone; resolves to whether it is wanted. */
export function confirmed(place, question, action) {
  const dialog = element("dialog"), form = element("form");
  form.method = "dialog";
  form.append(element("p", question), button("Keep", () => dialog.close()), button(action, () => dialog.close(action)));
  dialog.append(form);
  place.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === action); });
  });
}
