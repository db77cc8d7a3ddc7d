// The page's own line icons, drawn on a field of 20 by 20.
import { button } from "./elements.js";

const SHAPES = {
  mark: "M2.5 8.5v3M6.2 5v10M10 7.5v5M13.8 3v14M17.5 8.8v2.4",
  search: "M14 8.7a5.3 5.3 0 1 1-10.6 0 5.3 5.3 0 0 1 10.6 0zM12.6 12.6 17 17",
  plus: "M10 4v12M4 10h12",
  down: "M5.5 8l4.5 4.5L14.5 8",
  up: "M5.5 12.5 10 8l4.5 4.5",
  right: "M8 5.5l4.5 4.5L8 14.5",
  left: "M12 5.5 7.5 10l4.5 4.5",
  sort: "M4 5.5h12M4 10h8M4 14.5h4",
  select: "M6 3.5h8A2.5 2.5 0 0 1 16.5 6v8a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 14V6A2.5 2.5 0 0 1 6 3.5zM7 10l2.3 2.3L13.2 8",
  check: "M4.5 10.5 8 14l7.5-8",
  shield: "M10 2.7 4.5 4.9v4.3c0 3.7 2.3 6.6 5.5 8 3.2-1.4 5.5-4.3 5.5-8V4.9zM7.5 9.8l1.9 1.9 3.2-3.5",
  models: "M10 3l6.5 3.3L10 9.6 3.5 6.3zM3.5 10 10 13.3 16.5 10M3.5 13.7 10 17l6.5-3.3",
  gear: "M3 6.2h7.5M14.5 6.2H17M3 13.8h2.5M9.5 13.8H17M14.5 6.2a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM9.5 13.8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  help: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM7.9 8a2.1 2.1 0 1 1 3.3 1.8c-.8.5-1.2.9-1.2 1.7M10 14h.01",
  undo: "M7.3 4.3 3.8 7.8l3.5 3.5M4.3 7.8H12a4.1 4.1 0 0 1 0 8.2H7.5",
  redo: "M12.7 4.3l3.5 3.5-3.5 3.5M15.7 7.8H8A4.1 4.1 0 0 0 8 16h4.5",
  copy: "M8.5 6.5h6A1.5 1.5 0 0 1 16 8v7a1.5 1.5 0 0 1-1.5 1.5h-6A1.5 1.5 0 0 1 7 15V8a1.5 1.5 0 0 1 1.5-1.5zM12.8 3.5H6A2 2 0 0 0 4 5.5v6.8",
  export: "M10 3v9.2M6.3 8.7 10 12.3l3.7-3.6M4 13.8v1.4A1.8 1.8 0 0 0 5.8 17h8.4a1.8 1.8 0 0 0 1.8-1.8v-1.4",
  panel: "M5.5 4h9A2.5 2.5 0 0 1 17 6.5v7a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 3 13.5v-7A2.5 2.5 0 0 1 5.5 4zM12.5 4v12",
  more: "M4.8 10h.01M10 10h.01M15.2 10h.01",
  loop: "M13.3 2.8 15.9 5.4l-2.6 2.6M15.5 5.4H7.2a3.6 3.6 0 0 0-3.6 3.6v.6M6.7 17.2l-2.6-2.6L6.7 12M4.5 14.6h8.3a3.6 3.6 0 0 0 3.6-3.6v-.6",
  follow: "M4 5h12M4 10h5.5M4 15h5.5M14 9.5v7M11.5 14l2.5 2.5 2.5-2.5",
  zoom: "M13.5 8.5a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM12.2 12.2 16.5 16.5M6.3 8.5h4.4M8.5 6.3v4.4",
  window: "M5 4h10a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM10.5 10H17v6h-6.5z",
  volume: "M3.5 8v4h2.8L10 15.3V4.7L6.3 8zM13 7.7a3.3 3.3 0 0 1 0 4.6M15.2 5.5a6.4 6.4 0 0 1 0 9",
  warn: "M10 3.7 2.9 16h14.2zM10 8.6v3.2M10 14h.01",
  gap: "M3 10h1.6M6.4 10h1.3M12.3 10h1.3M15.4 10H17M9 6.5h2M9 13.5h2",
  flag: "M5.5 17V3.5M5.5 4.2h8.8l-2 3 2 3H5.5",
  mic: "M10 2.8a2.5 2.5 0 0 1 2.5 2.5v3.9a2.5 2.5 0 0 1-5 0V5.3A2.5 2.5 0 0 1 10 2.8zM4.8 9.5a5.2 5.2 0 0 0 10.4 0M10 14.7v2.6",
  folder: "M3 6.3a1.8 1.8 0 0 1 1.8-1.8h2.9l1.8 2h5.7A1.8 1.8 0 0 1 17 8.3v5.4a1.8 1.8 0 0 1-1.8 1.8H4.8A1.8 1.8 0 0 1 3 13.7z",
  bin: "M4 5.7h12M8 5.7V4.2A1.2 1.2 0 0 1 9.2 3h1.6A1.2 1.2 0 0 1 12 4.2v1.5M5.6 5.7l.7 9.8A1.5 1.5 0 0 0 7.8 17h4.4a1.5 1.5 0 0 0 1.5-1.5l.7-9.8",
  x: "M5.3 5.3l9.4 9.4M14.7 5.3l-9.4 9.4",
  captions: "M5 4.5h10A2.5 2.5 0 0 1 17.5 7v6a2.5 2.5 0 0 1-2.5 2.5H5A2.5 2.5 0 0 1 2.5 13V7A2.5 2.5 0 0 1 5 4.5zM5.8 10h2.4M11 10h3.2M5.8 12.6h5.2M13.6 12.6h.6",
  film: "M4.5 5h6.5a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 11 15H4.5A1.5 1.5 0 0 1 3 13.5v-7A1.5 1.5 0 0 1 4.5 5zM12.5 9 17 6.7v6.6L12.5 11z",
  people: "M10.2 7a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0zM2.5 16c.4-2.9 2.3-4.6 5-4.6s4.6 1.7 5 4.6M13 4.5a2.7 2.7 0 0 1 0 5M14.6 11.8c1.7.6 2.7 2 2.9 4.2",
  pencil: "M4 16l.8-3.4L13.4 4a1.6 1.6 0 0 1 2.3 0l.3.3a1.6 1.6 0 0 1 0 2.3l-8.6 8.6z",
  back5: "M7.6 3.3 4.8 5.9l2.8 2.5M5.3 5.9h4.9a5.6 5.6 0 1 1-5.5 6.9M11.8 8.7H9.4l-.3 2.2c1.4-.5 2.7.1 2.7 1.4 0 1.2-1.4 1.8-2.7 1.1",
  fwd5: "M12.4 3.3l2.8 2.6-2.8 2.5M14.7 5.9H9.8a5.6 5.6 0 1 0 5.5 6.9M11.8 8.7H9.4l-.3 2.2c1.4-.5 2.7.1 2.7 1.4 0 1.2-1.4 1.8-2.7 1.1",
  play: "M6.3 4.4v11.2a.9.9 0 0 0 1.4.7l8.4-5.6a.9.9 0 0 0 0-1.4L7.7 3.7a.9.9 0 0 0-1.4.7z",
  pause: "M6 4h2.7v12H6zM11.3 4H14v12h-2.7z",
};
const FILLED = new Set(["play", "pause"]);
const SVG = "http://www.w3.org/2000/svg";

/** A picture that says nothing to a screen reader. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", FILLED.has(name) ? "icon filled" : "icon");
  path.setAttribute("d", SHAPES[name]);
  picture.append(path);
  return picture;
}

/** A button with a picture alone; `label` is its accessible name, and shown when the mouse rests on it. */
export function iconButton(name, label, onClick, style = "") {
  const made = button("", onClick, `icon-button ${style}`);
  made.setAttribute("aria-label", label);
  made.title = label;
  made.append(icon(name));
  return made;
}

/** A button with a picture before its text. */
export function pictured(name, text, onClick, style = "button") {
  const made = button("", onClick, style);
  made.append(icon(name), text);
  return made;
}
