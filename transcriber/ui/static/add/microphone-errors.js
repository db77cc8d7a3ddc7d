// Why there is no recording, in words: for whatever getUserMedia, AudioContext and AudioWorklet may throw.
// Source of the names: Media Capture and Streams, Web Audio API, Web IDL.
import { t } from "../i18n.js";

const NAMED = new Set(["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", "OverconstrainedError", "AbortError", "InvalidStateError", "NotSupportedError"]);

export function whyNoMicrophone(error) {
  if ("status" in error) return error.message;  // of a request of ours: a sentence already
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return t("add.no_microphone.here");
  return NAMED.has(error.name) ? t(`add.no_microphone.${error.name}`) : t("add.no_microphone.other", { name: error.name });
}
