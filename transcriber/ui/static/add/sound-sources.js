// What can be recorded: the microphone, the sound of a tab or of the computer, or both, each on a channel of its own.
import { t } from "../i18n.js";

const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** A sentence for the user. */
export class SourceError extends Error {}

/** Those that this browser knows. */
export const sources = () => (navigator.mediaDevices?.getDisplayMedia ? ["microphone", "shared", "both"] : ["microphone"]);

/** The streams of a source, in the order of their channels, and whether another microphone than `device` is heard. Of what
 * fails nothing is left. Throws a SourceError, or what getUserMedia() throws. */
export async function listenTo(source, device) {
  const shared = source === "microphone" ? null : await share();  // first: it must follow the click at once
  if (source === "shared") return { streams: [shared], usesAnother: false };
  try {
    const { stream, usesAnother } = await microphone(device, Boolean(shared));
    return { streams: shared ? [stream, shared] : [stream], usesAnother };
  } catch (error) {
    shared?.getTracks().forEach((track) => track.stop());
    throw error;
  }
}

/** The chosen device, or where it is gone or busy the system's usual one. */
async function microphone(device, isBesideSound) {
  // What loudspeakers play of the others is not to come back on this channel.
  const wanted = { channelCount: 1, echoCancellation: isBesideSound, noiseSuppression: false };
  const ask = (audio) => navigator.mediaDevices.getUserMedia({ audio });
  if (!device) return { stream: await ask(wanted), usesAnother: false };
  try {
    return { stream: await ask({ ...wanted, deviceId: { exact: device } }), usesAnother: false };
  } catch (error) {
    if (["NotAllowedError", "SecurityError"].includes(error.name)) throw error;
    return { stream: await ask(wanted), usesAnother: true };
  }
}

/** The browser asks what is shared. It gives no sound without pictures: nobody looks at these. */
async function share() {
  const wanted = { audio: PLAIN, video: { frameRate: 1 }, systemAudio: "include", selfBrowserSurface: "exclude" };
  const stream = await navigator.mediaDevices.getDisplayMedia(wanted).catch((error) => {
    throw new SourceError(error.name === "NotAllowedError" ? t("add.shared.refused") : t("add.shared.failed", { name: error.name }));
  });
  if (stream.getAudioTracks().length) return stream;
  stream.getTracks().forEach((track) => track.stop());
  throw new SourceError(t("add.shared.no_sound"));
}
