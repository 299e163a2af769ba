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

interface Letter {
  MessageId?: string | undefined;
}

export interface Queue<L extends Letter> {
  /** A letter, hidden from then on for some minutes; undefined if none showed up. */
  receive(): Promise<L | undefined>;
  remove(letter: L): Promise<unknown>;
  /** Ends the hiding of letters, by what was received last of each. */
  release(letters: readonly L[]): Promise<unknown>;
}

/** One empty answer proves nothing: SQS asks some of its servers, and a letter becomes visible again late. */
const EMPTY_ANSWERS = 3;

/**
 * Tries each letter once, and removes what was taken. A letter that was not taken shows up again while the others
 * are tried; receiving it hides it once more. At the end, whatever ended it, no letter is left hidden.
 */
export const redriveAll = async <L extends Letter>(
  queue: Queue<L>,
  redrive: (letter: L) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<{ redriven: number; kept: number }> => {
  const held = new Map<string | undefined, L>();
  let redriven = 0;
  let empty = 0;
  try {
    while (empty < EMPTY_ANSWERS) {
      signal?.throwIfAborted();
      const letter = await queue.receive();
      empty = letter === undefined ? empty + 1 : 0;
      if (letter === undefined) continue;
      const isNew = !held.has(letter.MessageId);
      held.set(letter.MessageId, letter);
      if (!isNew || !(await redrive(letter))) continue;
      await queue.remove(letter);
      held.delete(letter.MessageId);
      redriven++;
    }
    return { redriven, kept: held.size };
  } finally {
    await queue.release([...held.values()]);
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
