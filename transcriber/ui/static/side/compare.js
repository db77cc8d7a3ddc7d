// Two versions side by side, word by word: where they differ, one or the other can be taken.
import { announce, toast } from "../messages.js";
import { button, element, offer } from "../elements.js";
import { openDialog } from "../dialogs.js";
import { clock } from "../format.js";
import { number, t, when } from "../i18n.js";
import { iconButton } from "../icons.js";
import { openMenu } from "../menus.js";
import { player } from "../player/player.js";
import { get } from "../requests.js";
import { doc } from "../document/open-document.js";

/** Words that a row has at most before it ends where the versions agree. */
const ROW_WORDS = 40;

/** Opens the dialog. */
export async function compare(right = null) {
  await openDialog(t("panel.compareTitle"), (body) => new Comparison(body, right), "wide compare");
}

class Comparison {
  constructor(body, right) {
    const head = element("div", "", "compare-head"), bar = element("div", "", "compare-bar");
    this.sides = ["left", "right"].map((side) => {
      const select = element("select");
      select.setAttribute("aria-label", t(`panel.${side}`));
      select.addEventListener("change", () => this.load());
      return select;
    });
    const versions = doc.detail.transcripts.map((version) => [String(version.id), `${version.title}, ${when(version.created_at, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" })}${version.edits ? ` · ${t("panel.corrections", { n: version.edits })}` : ""}`]);
    const other = right ?? doc.detail.transcripts.filter(({ id }) => id !== doc.number).at(-1)?.id ?? doc.number;
    offer(this.sides[0], versions, String(doc.number));
    offer(this.sides[1], versions, String(other));
    head.append(...this.sides);
    this.said = element("p", "", "said");
    this.said.setAttribute("role", "status");
    this.place = element("span", "", "num");
    bar.append(this.said, iconButton("up", t("panel.previousDifference"), () => this.step(-1)), this.place, iconButton("down", t("panel.nextDifference"), () => this.step(1)));
    this.rows = element("div", "", "compare-rows");
    this.rows.tabIndex = 0;
    this.rows.setAttribute("role", "region");
    this.rows.setAttribute("aria-label", t("panel.compareTitle"));
    body.append(head, bar, this.rows);
    this.load();
  }

  async load() {
    const [left, right] = this.sides.map((select) => Number(select.value));
    this.said.textContent = t("panel.comparing");
    try {
      const { disagreement, error_rate: rate, spans } = await get(`/jobs/${doc.id}/compare?left=${left}&right=${right}`);
      Object.assign(this, { left, right });
      this.paint(spans);
      this.said.textContent = this.differences.length ? t("panel.disagreement", { n: this.differences.length, share: number(100 * disagreement, 1), rate: number(100 * rate, 1) }) : t("panel.alike");
    } catch (error) {
      this.said.textContent = error.message;
      this.rows.replaceChildren();
    }
  }

  paint(spans) {
    this.differences = [];
    this.now = -1;
    this.rows.replaceChildren(...rowsOf(spans).map((row) => this.row(row)));
    this.count();
  }

  row(spans) {
    const row = element("div", "", "compare-row"), cells = ["left", "right"].map((side) => {
      const cell = element("p");
      cell.dir = "auto";
      for (const span of spans) {
        const text = span[`${side}_text`];
        if (cell.childNodes.length && (text || span.kind !== "equal")) cell.append(" ");
        if (span.kind === "equal") cell.append(text); else cell.append(this.difference(span, text, side));
      }
      return cell;
    });
    row.append(element("time", clock(spans[0].start ?? 0)), ...cells);
    return row;
  }

  /** What stands in one of them alone, or otherwise than in the other. */
  difference(span, text, side) {
    const made = button(text || "∅", () => this.offer(made, span), side === "left" ? "was" : "is");
    made.setAttribute("aria-label", text || t("panel.noWords"));
    if (side === "left") this.differences.push(made);
    made.span = span;
    return made;
  }

  offer(anchor, span) {
    const take = (from, into, text) => ({ text: t("panel.takeThis", { text: text || t("panel.noWords") }), icon: "check", act: () => this.take(from, into, span) });
    openMenu(anchor, [
      { text: t("document.play"), icon: "play", act: () => player.play(Math.max(0, span.start - 0.5)) },
      ...(this.left === doc.number ? [take(this.right, this.left, span.right_text)] : []),
      ...(this.right === doc.number ? [take(this.left, this.right, span.left_text)] : []),
    ], t("panel.difference"));
  }

  /** The very words of the span: two models have the same word at moments that differ a little. */
  async take(from, into, span) {
    const { now } = this, [left, right] = into === this.left ? [span.left, span.right] : [span.right, span.left];
    try {
      await doc.edit({ kind: "take", from, left, right });
      announce(t("panel.taken"));
      await this.load();
      this.now = Math.min(now, this.differences.length) - 1;
      if (this.differences.length) this.step(1);
    } catch (error) {
      toast(error.message);
    }
  }

  step(by) {
    if (!this.differences.length) return;
    this.now = (this.now + by + this.differences.length) % this.differences.length;
    const made = this.differences[this.now];
    made.scrollIntoView({ block: "center" });
    made.focus({ preventScroll: true });
    this.count();
  }

  count() { this.place.textContent = `${this.now < 0 ? "–" : number(this.now + 1)} / ${number(this.differences.length)}`; }
}

/** Spans in rows of some words: a row ends where both say the same. */
function rowsOf(spans) {
  const rows = [[]];
  let words = 0;
  for (const span of spans.flatMap(shortened)) {
    if (words > ROW_WORDS && span.kind === "equal") { rows.push([]); words = 0; }
    rows.at(-1).push(span);
    words += Math.max(span.left[1], span.right[1]);
  }
  return rows.filter((row) => row.length);
}

/** A long stretch that is alike in parts, for rows. */
function shortened(span) {
  if (span.kind !== "equal" || span.left[1] <= ROW_WORDS) return [span];
  const [left, right] = [span.left_text.split(" "), span.right_text.split(" ")], parts = Math.ceil(span.left[1] / ROW_WORDS);
  const cut = (words, part) => words.slice(Math.round(part * words.length / parts), Math.round((part + 1) * words.length / parts)).join(" ");
  return Array.from({ length: parts }, (_, part) => ({
    ...span, left: [0, ROW_WORDS], right: [0, ROW_WORDS], left_text: cut(left, part), right_text: cut(right, part), start: span.start + (span.end - span.start) * part / parts }));
}
