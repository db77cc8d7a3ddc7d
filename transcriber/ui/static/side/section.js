// A section of the panel: a heading, and perhaps something beside it.
import { element } from "../elements.js";

/** { section, heading, badge }: an empty section with this title; `badge` stands beside it, and holds a number or a button. */
export function panelSection(title, style) {
  const section = element("section", "", style), heading = element("h2"), badge = element("span");
  section.setAttribute("aria-label", title);
  heading.append(element("span", title), badge);
  section.append(heading);
  return { section, heading, badge };
}
