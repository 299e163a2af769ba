/** What the heartbeat must be given again. */
export interface ScheduledEvent {
  time: unknown;
}

/**
 * The event in a dead letter: EventBridge leaves it as it is, Lambda as the requestPayload of an envelope.
 * Undefined for anything without a time, which redriven would beat the minute of its redrive.
 */
export const toScheduledEvent = (body: string): ScheduledEvent | undefined => {
  const letter = parse(body);
  const event = isObject(letter) && "requestPayload" in letter ? letter.requestPayload : letter;
  return isObject(event) && "time" in event ? event : undefined;
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
