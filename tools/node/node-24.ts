import { otherNode } from "./other-node.ts";

/** The path of a Node 24, the version that the functions run on in Lambda. */
export const node24 = (): Promise<string> => otherNode("24");
