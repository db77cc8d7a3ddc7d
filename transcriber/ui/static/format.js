// Numbers as people read them.
export function clock(seconds) {
  const whole = Math.floor(Math.max(0, seconds)), hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** The same with two digits each, as "00:10:00". */
export function timecode(seconds) {
  const tenths = Math.round(10 * seconds) % 10;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":") + (tenths ? `.${tenths}` : "");
}

/** Seconds of a time as people write it: 1:02:03, 62:03 or 90; null for what is none. */
export function secondsOf(text) {
  const parts = text.trim().replace(",", ".").split(":");
  const isTime = parts.length <= 3 && parts.every((part, place) => (place === parts.length - 1 ? /^\d+(\.\d+)?$/ : /^\d+$/).test(part) && (place === 0 || Number(part) < 60));
  return isTime ? parts.reduce((sum, part) => 60 * sum + Number(part), 0) : null;
}

export function roughly(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function bytes(number) {
  const [size, unit] = number >= 1e9 ? [number / 1e9, "GB"] : number >= 1e6 ? [number / 1e6, "MB"] : [number / 1e3, "kB"];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}

export const title = (model) => model.charAt(0).toUpperCase() + model.slice(1);
