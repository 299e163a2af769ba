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

/**
 * Tries each letter once, and removes what was taken. One that was not is hidden only for a while: when it
 * comes again the run has seen all of them.
 */
export const redriveAll = async <Letter extends { MessageId?: string | undefined }>(steps: {
  next(): Promise<Letter | undefined>;
  redrive(letter: Letter): Promise<boolean>;
  remove(letter: Letter): Promise<unknown>;
}): Promise<{ redriven: number; kept: Letter[] }> => {
  const kept = new Map<string | undefined, Letter>();
  let redriven = 0;
  for (;;) {
    const letter = await steps.next();
    if (letter === undefined || kept.has(letter.MessageId)) return { redriven, kept: [...kept.values()] };
    if (await steps.redrive(letter)) {
      await steps.remove(letter);
      redriven++;
    } else kept.set(letter.MessageId, letter);
  }
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
