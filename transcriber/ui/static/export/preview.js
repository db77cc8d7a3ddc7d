// The first lines of a file.
import { element } from "../elements.js";

/** Shows in `place` what GET /jobs/ID/preview.FORMAT answers: `lines`, or a page's `title`, `paragraphs` and `facts`. */
export function showPreview(place, { lines, title, paragraphs, facts }) {
  place.classList.toggle("plain", Boolean(lines));
  place.scrollTop = 0;
  place.replaceChildren(...(lines ? [text("pre", lines.join("\n"))] : [text("h3", title), ...paragraphs.map(paragraph), list(facts)]));
}

function text(name, content, style = "") {
  const made = element(name, content, style);
  made.dir = "auto";
  return made;
}

function paragraph({ speaker, time, text: words }) {
  const made = element("p"), head = element("span", "", "head");
  if (speaker) head.append(text("b", speaker), " ");
  if (time) head.append(element("span", time, "num"));
  if (head.childNodes.length) made.append(head);
  made.append(text("span", words));
  return made;
}

function list(facts) {
  const made = element("dl");
  for (const [name, value] of facts) made.append(element("dt", name), text("dd", value));
  return made;
}
