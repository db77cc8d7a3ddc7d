// Making elements.
export function element(name, text = "", style = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = style;
  return made;
}

export function button(text, onClick, style = "") {
  const made = element("button", text, style);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}
