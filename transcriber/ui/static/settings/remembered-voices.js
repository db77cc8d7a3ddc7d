// Whether the voices of people who are named are remembered, and whose: nobody's unless the user wants it.
import { confirmed } from "../dialogs.js";
import { button, element, isolated } from "../elements.js";
import { t } from "../i18n.js";
import { get, send } from "../requests.js";

export class RememberedVoices extends HTMLElement {
  async connectedCallback() {
    const label = element("label", "", "choice"), about = element("p", t("settings.voices_about"), "hint");
    this.box = Object.assign(element("input"), { type: "checkbox" });
    this.list = element("ul", "", "voices");
    this.error = element("p", "", "error");
    about.id = "about-voices";
    this.box.setAttribute("aria-describedby", about.id);
    this.list.setAttribute("role", "list");
    this.list.setAttribute("aria-label", t("settings.voices_list"));
    this.error.setAttribute("role", "alert");
    label.append(this.box, t("settings.remember"));
    this.append(label, about, this.list, this.error);
    this.box.addEventListener("change", () => this.choose());
    document.addEventListener("named", () => this.take(get("/settings/voices")));
    await this.take(get("/settings/voices"));
  }

  async choose() {
    const remember = this.box.checked, count = this.list.children.length;
    if (!remember && count && !await confirmed(t("settings.ask_forget", { n: count }), t("settings.forget"))) { this.box.checked = true; return; }
    await this.take(send("PUT", "/settings/voices", JSON.stringify({ remember }), { "content-type": "application/json" }));
  }

  /** Shows what the program answers. */
  async take(answer) {
    try {
      const { remember, names } = await answer;
      this.box.checked = remember;
      this.list.replaceChildren(...names.map((name) => this.row(name)));
      this.error.textContent = "";
    } catch (failure) {
      this.error.textContent = failure.message;
    }
  }

  row(name) {
    const item = element("li"), forget = button(t("settings.forget"), () => this.forget(name, item), "button quiet");
    forget.setAttribute("aria-label", `${t("settings.forget")}: ${name}`);
    item.append(isolated(name), " ", forget);
    return item;
  }

  /** The focus goes to the neighbour. */
  async forget(name, item) {
    const place = [...this.list.children].indexOf(item);
    await this.take(send("DELETE", `/settings/voices/${encodeURIComponent(name)}`));
    const { children } = this.list;
    (children[Math.min(place, children.length - 1)]?.querySelector("button") || this.box).focus();
  }
}
