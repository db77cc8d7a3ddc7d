// While there are only starter models: what they are, and which more accurate ones fit this computer.
import { arrange, button, element } from "./elements.js";
import { bytes, roughly } from "./format.js";
import { feed } from "./jobs-feed.js";
import { models } from "./models-feed.js";
import { post } from "./requests.js";

export class BetterModels extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<p></p><ul role="list" aria-label="Better models"></ul><p class="hint"></p><p class="message" role="alert"></p>`;
    this.setAttribute("role", "note");
    this.hidden = true;
    [this.about, this.hint, this.message] = this.querySelectorAll("p");
    this.rows = new Map();
    models.listen(() => this.paint());
  }

  paint() {
    const { titles, offers, why, megabits } = models.starter || { offers: [] };
    this.hidden = !offers.length;
    if (this.hidden) return;
    const are = titles.length > 1 ? "are starter models" : "is a starter model";
    this.about.textContent = `${titles.join(" and ")} ${are}: small, quick to set up, and wrong more often than larger ones. These are more accurate, and fit this computer:`;
    arrange(this.querySelector("ul"), offers.map((offer) => this.row(offer, megabits)));
    this.hint.textContent = why;
  }

  row({ name, title, languages, size, is_estimate, seconds }, megabits) {
    if (!this.rows.has(name)) {
      const item = element("li"), download = button("Download", () => this.download(name));
      item.setAttribute("aria-label", title);
      item.append(element("span"), download);
      this.rows.set(name, item);
    }
    const item = this.rows.get(name), [text, download] = item.children;
    const setUp = models.models.find((model) => model.name === name)?.set_up;
    const isGoing = setUp && !["frozen", "kept", "failed", "cancelled"].includes(setUp.stage);
    const how = `${is_estimate ? "about " : ""}${bytes(size)}, ${roughly(seconds)} at ${megabits} Mbit/s`;
    text.textContent = `${title} (${languages}): ${how}${isGoing ? " – is being set up, see the tab Models" : models.can_set_up ? "" : ` – python setup_local_models.py ${name}`}`;
    download.setAttribute("aria-label", `Download ${title}`);
    download.hidden = isGoing || !models.can_set_up;
    return item;
  }

  async download(name) {
    this.message.textContent = "";
    try {
      await post(`/models/${name}/download`);
      await feed.refresh();
    } catch (error) {
      this.message.textContent = error.message;
    }
  }
}
