import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Adds up the consumed capacity that the engine reports, as AWS does. */
export const meter = (db: DynamoDBDocumentClient) => {
  const bills: { CapacityUnits: number }[][] = [];
  db.middlewareStack.add(
    (next) => async (args) => {
      const bill: { CapacityUnits: number }[] = [];
      // A failed transaction reports no consumed capacity.
      bills.push(bill);
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
      bill.push(...[Object(answer.output).ConsumedCapacity].flat());
      return answer;
    },
    { step: "initialize" },
  );
  /** Returns the requests and units since the last call. */
  return () => {
    const taken = bills.splice(0);
    const units = taken.flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    return { requests: taken.length, units };
  };
};
