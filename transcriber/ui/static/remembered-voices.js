// Whether the voices of people who are named are remembered, and whose: nobody's unless the user wants it.
import { button, confirmed, element, isolated } from "./elements.js";
import { get, send } from "./requests.js";

export class RememberedVoices extends HTMLElement {
  async connectedCallback() {
    this.innerHTML = `<label><input type="checkbox" aria-describedby="about-voices"> Remember voices that I name</label>
      <p id="about-voices">Who is named here is suggested in later recordings, and never set by itself. Of each person one file
      keeps the name, 192 numbers that tell the voice from others and from which no speech can be made, for how long and in how
      many recordings it was heard, and the last day of that. It stays in the data folder of this computer; turned off, it is
      deleted. People can be known by such numbers: ask them first.</p>
      <ul role="list" aria-label="Remembered voices"></ul><p class="error" role="alert"></p>`;
    this.box = this.querySelector("input");
    this.box.addEventListener("change", () => this.choose());
    document.addEventListener("named", () => this.take(get("/settings/voices")));
    await this.take(get("/settings/voices"));
  }

  async choose() {
    const remember = this.box.checked, count = this.querySelectorAll("li").length;
    const question = `Forget ${count === 1 ? "this voice" : `these ${count} voices`}? They cannot be restored.`;
    if (!remember && count && !await confirmed(this, question, "Forget")) { this.box.checked = true; return; }
    await this.take(send("PUT", "/settings/voices", JSON.stringify({ remember }), { "content-type": "application/json" }));
  }

  /** Shows what the program answers. */
  async take(answer) {
    const error = this.querySelector(".error");
    try {
      const { remember, names } = await answer;
      this.box.checked = remember;
      this.querySelector("ul").replaceChildren(...names.map((name) => this.row(name)));
      error.textContent = "";
    } catch (failure) {
      error.textContent = failure.message;
    }
  }

  row(name) {
    const item = element("li"), forget = button("Forget", () => this.take(send("DELETE", `/settings/voices/${encodeURIComponent(name)}`)));
    forget.setAttribute("aria-label", `Forget ${name}`);
    item.append(isolated(name), " ", forget);
    return item;
  }
}
