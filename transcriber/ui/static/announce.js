// What is said to those who do not see the page: one polite place for it.
const place = document.createElement("div");
place.setAttribute("role", "status");
place.className = "visually-hidden";

/** Has a screen reader say `text`, once it has done with what it says now. */
export function announce(text) {
  if (!place.isConnected) document.body.append(place);
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}
