/** The event to send to the function heartbeat again. */
export interface ScheduledEvent {
  time: unknown;
}

/**
 * The event in a message of the dead-letter queue: EventBridge sends it as it is, Lambda as requestPayload of an envelope.
 * Undefined for an event without a time, which would count the minute of its redrive.
 */
export const toScheduledEvent = (body: string): ScheduledEvent | undefined => {
  const message = parse(body);
  const event = isObject(message) && "requestPayload" in message ? message.requestPayload : message;
  return isObject(event) && "time" in event ? event : undefined;
};

interface QueueMessage {
  MessageId?: string | undefined;
}

export interface Queue<L extends QueueMessage> {
  /** Receives a message and hides it for some minutes; undefined if none was received. */
  receive(): Promise<L | undefined>;
  remove(message: L): Promise<unknown>;
  /** Makes messages visible again, by the last received copy of each. */
  release(messages: readonly L[]): Promise<unknown>;
}

/** One empty reply is no proof: SQS asks only some of its servers, and a message can become visible late. */
const EMPTY_REPLIES = 3;

/**
 * Tries each message once and removes those that succeed. A message that fails becomes visible again while the others
 * are tried; receiving it hides it once more. At the end, also after an error, no message stays hidden.
 */
export const redriveAll = async <L extends QueueMessage>(
  queue: Queue<L>,
  redrive: (message: L) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<{ redriven: number; failed: number }> => {
  const held = new Map<string | undefined, L>();
  let redriven = 0;
  let empty = 0;
  try {
    while (empty < EMPTY_REPLIES) {
      signal?.throwIfAborted();
      const message = await queue.receive();
      empty = message === undefined ? empty + 1 : 0;
      if (message === undefined) continue;
      const isNew = !held.has(message.MessageId);
      held.set(message.MessageId, message);
      if (!isNew || !(await redrive(message))) continue;
      await queue.remove(message);
      held.delete(message.MessageId);
      redriven++;
    }
    return { redriven, failed: held.size };
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
